package io.sandgate.e2e.harness;

import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/// Routes that a test feeds to replicas, and what all of them must list in the end.
///
/// Each test has a namespace of its own, so that what another one left does not matter. Confined to one thread.
public final class FedRoutes {

    private final String namespace;
    private final Set<String> sandboxes = new HashSet<>();
    private final Map<String, BigInteger> expected = new LinkedHashMap<>();

    public FedRoutes(String namespace) {
        this.namespace = namespace;
    }

    /// On each replica a route that stays, `kept-1` and so on, and one that a test may delete, `gone-1` and so on.
    public static FedRoutes onEach(Collection<ReplicaProcess> replicas, String namespace) {
        FedRoutes routes = new FedRoutes(namespace);
        for (ReplicaProcess replica : replicas) {
            routes.put(replica, "kept-" + number(replica));
            routes.put(replica, "gone-" + number(replica));
        }
        return routes;
    }

    /// Puts a new route on the replica, changes the one that stays, and deletes the one that may go: each once in a test.
    public void change(ReplicaProcess replica) {
        put(replica, "new-" + number(replica));
        put(replica, "kept-" + number(replica));
        delete(replica, "gone-" + number(replica));
    }

    private static String number(ReplicaProcess replica) {
        return replica.id().substring("replica-".length());
    }

    /// Puts a route, or puts it again, on the replica that is its authority.
    public void put(ReplicaProcess authority, String name) {
        Answer answer = authority.admin("PUT", path(name),
                new JsonObject().put("id", id(name)).put("ip", "127.127.0.9").encode());
        assertThat(answer.status()).as("put %s on %s: %s", name, authority.id(), answer.body()).isEqualTo(200);
        expected.put(id(name), new BigInteger(answer.json().getString("resourceVersion")));
    }

    /// Deletes a route on the replica that is its authority.
    public void delete(ReplicaProcess authority, String name) {
        Answer answer = authority.admin("DELETE", path(name), "");
        assertThat(answer.status()).as("delete %s on %s: %s", name, authority.id(), answer.body()).isEqualTo(200);
        expected.remove(id(name));
    }

    /// Makes a sandbox, whose route counts from now on.
    ///
    /// @return its id
    public String sandbox(ReplicaProcess replica) {
        String id = replica.api().created("base");
        sandboxes.add(id);
        expected.put(id, BigInteger.ZERO);
        return id;
    }

    /// Kills a sandbox that was made here, by a call of this replica.
    public void kill(ReplicaProcess replica, String id) {
        Answer answer = replica.api().kill(id);
        assertThat(answer.status()).as("kill %s on %s: %s", id, replica.id(), answer.body()).isEqualTo(204);
        expected.remove(id);
    }

    /// Asserts that the replica lists these ids, maybe others besides.
    public void assertListedBy(ReplicaProcess replica, Collection<String> ids) {
        assertThat(listedBy(replica).keySet()).as("routes of %s", replica.id()).containsAll(ids);
    }

    /// Asserts that the replica lists none of these ids.
    public void assertNotListedBy(ReplicaProcess replica, Collection<String> ids) {
        assertThat(listedBy(replica).keySet()).as("routes of %s", replica.id()).doesNotContainAnyElementsOf(ids);
    }

    /// Asserts that the replica lists these routes, maybe others besides.
    public void assertServedBy(ReplicaProcess replica, String... names) {
        assertListedBy(replica, Stream.of(names).map(this::id).toList());
    }

    /// Asserts that the replica lists none of these routes.
    public void assertNotServedBy(ReplicaProcess replica, String... names) {
        assertNotListedBy(replica, Stream.of(names).map(this::id).toList());
    }

    /// Asserts that all the replicas list what was put and not deleted, and nothing else, with the same state and version,
    /// which is not below the one that the put gave.
    public void assertAgreedBy(Collection<ReplicaProcess> replicas) {
        ReplicaProcess first = replicas.iterator().next();
        Map<String, String> agreed = listedBy(first);
        assertThat(agreed.keySet()).as("routes of %s", first.id())
                .containsExactlyInAnyOrderElementsOf(expected.keySet());
        agreed.forEach((id, versionAndState) -> {
            assertThat(new BigInteger(versionAndState.substring(0, versionAndState.indexOf(' '))))
                    .as("version of %s", id)
                    .isGreaterThanOrEqualTo(expected.get(id));
            assertThat(versionAndState).as("state of %s", id).endsWith(" running");
        });
        for (ReplicaProcess replica : replicas) {
            assertThat(listedBy(replica)).as("routes of %s, compared with %s", replica.id(), first.id())
                    .isEqualTo(agreed);
        }
    }

    private Map<String, String> listedBy(ReplicaProcess replica) {
        Map<String, String> listed = new TreeMap<>();
        replica.routes().forEach((id, route) -> {
            if (route.getString("namespace").equals(namespace) || sandboxes.contains(id)) {
                listed.put(id, route.getString("resourceVersion") + " " + route.getString("state"));
            }
        });
        return listed;
    }

    private String path(String name) {
        return "/routes/" + namespace + "/" + name;
    }

    private String id(String name) {
        return namespace + "-" + name;
    }
}
