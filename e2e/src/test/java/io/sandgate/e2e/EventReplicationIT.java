package io.sandgate.e2e;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.EventOracle;
import io.sandgate.e2e.harness.EventOracle.Known;
import io.sandgate.e2e.harness.EventRequest;
import io.sandgate.e2e.harness.EventSubscriber;
import io.sandgate.e2e.harness.FaultTimes;
import io.sandgate.e2e.harness.FedRoutes;
import io.sandgate.e2e.harness.MembersSeen;
import io.sandgate.e2e.harness.NetworkNamespaces;
import io.sandgate.e2e.harness.ReplicaProcess;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Three replicas over mutual TLS each of which tells the events of all, whatever stops or is cut off meanwhile.
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class EventReplicationIT {

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final Duration STOPPED = Duration.ofSeconds(8);
    private static final NetworkNamespaces network = NetworkNamespaces.of(3).tryingAgainSoon();

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(3).in(network)
            .set(Map.of("cluster.routable-timeout", "2500ms", "cluster.heartbeat", "500ms", "cluster.failure-timeout",
                    "4s", "cluster.failure-interval", "1s", "cluster.merge-min", "500ms", "cluster.merge-max", "1s"))
            .expectInLogs("has been blocked for");

    private final List<ReplicaProcess> all = cluster.replicas();
    private final ReplicaProcess first = cluster.replica(1);
    private final ReplicaProcess second = cluster.replica(2);
    private final ReplicaProcess third = cluster.replica(3);

    @AfterEach
    void mend() {
        network.mend();
    }

    @Test
    void eventsOfAll_areToldByAll_eachRouteInOrder() {
        Map<ReplicaProcess, String> starts = places(all);
        FedRoutes routes = new FedRoutes("all");
        for (int i = 0; i < 300; i++) {
            routes.put(all.get(i % 3), "of-" + i % 30);
        }
        for (int i = 0; i < 30; i += 5) {
            routes.delete(all.get(i % 3), "of-" + i);
        }

        assertToldByAll(starts, "all", 306);
    }

    @Test
    void stoppedReplica_catchesUpWithWhatItMissed() {
        Map<ReplicaProcess, String> starts = places(all);
        FedRoutes routes = new FedRoutes("stopped");
        try (FaultTimes times = new FaultTimes("events-sigstop")) {
            times.from(second::sigstop);
            try {
                await().during(STOPPED).atMost(STOPPED.plusSeconds(20)).pollInterval(Duration.ofMillis(200))
                        .until(() -> {
                            routes.put(first, "one");
                            routes.put(third, "three");
                            return true;
                        });
            } finally {
                times.from(second::sigcont);
            }
            routes.put(second, "two");
            times.until("told", () -> assertThat(told(second, starts, "stopped").stream().map(Known::subject))
                    .contains("stopped/one", "stopped/three", "stopped/two"));
        }
        routes.put(first, "one");

        assertToldByAll(starts, "stopped", 4);
    }

    @Test
    void killedReplica_catchesUpWithoutRepeatingAnything() {
        Map<ReplicaProcess, String> starts = places(all);
        FedRoutes routes = new FedRoutes("killed");
        for (int i = 0; i < 30; i++) {
            routes.put(all.get(i % 3), "of-" + i);
        }
        await().atMost(SOON).untilAsserted(() -> assertThat(told(third, starts, "killed")).hasSize(30));
        List<Known> before = told(third, starts, "killed");
        third.kill9();
        for (int i = 0; i < 60; i++) {
            routes.put(all.get(i % 2), "later-" + i % 6);
        }
        third.start().awaitReady();
        routes.put(third, "at-last");

        assertToldByAll(starts, "killed", 91);
        assertThat(told(third, starts, "killed").subList(0, 30)).as("what was told before the kill").isEqualTo(before);
    }

    @Test
    void partition_isHealedAndEachSideHearsOfTheOther() {
        Map<ReplicaProcess, String> starts = places(all);
        FedRoutes routes = new FedRoutes("cut");
        routes.put(third, "kept");
        try (FaultTimes times = new FaultTimes("events-partition")) {
            times.from(() -> network.split(3));
            times.until("not_routable", () -> {
                MembersSeen.assertNotRoutable(List.of(first, second), List.of(third));
                MembersSeen.assertNotRoutable(List.of(third), List.of(first, second));
            });
            for (int i = 0; i < 20; i++) {
                routes.put(first, "one-" + i);
                routes.put(third, "three-" + i);
            }
            assertThat(subjects(told(second, starts, "cut"))).noneMatch(subject -> subject.startsWith("cut/three"));
            assertThat(subjects(told(third, starts, "cut"))).noneMatch(subject -> subject.startsWith("cut/one"));

            times.from(network::mend);
            times.until("told", () -> {
                assertThat(subjects(told(third, starts, "cut"))).contains("cut/one-19");
                assertThat(subjects(told(second, starts, "cut"))).contains("cut/three-19");
            });
        }

        assertToldByAll(starts, "cut", 41);
    }

    // --- what they tell -------------------------------------------------------------------------------------------------------

    /// Where each one's log ends.
    private static Map<ReplicaProcess, String> places(Collection<ReplicaProcess> replicas) {
        return replicas.stream().collect(Collectors.toMap(replica -> replica, EventReplicationIT::here));
    }

    private static String here(ReplicaProcess replica) {
        try (EventSubscriber subscriber = EventRequest.admin(replica).subscribe()) {
            return subscriber.next("live").cursor();
        }
    }

    /// What a replica tells of a namespace's routes, from a place on to the end of its log.
    private static List<Known> told(ReplicaProcess replica, Map<ReplicaProcess, String> starts, String namespace) {
        EventOracle told = new EventOracle();
        try (EventSubscriber subscriber = EventRequest.admin(replica).after(starts.getOrDefault(replica, "oldest"))
                .with("kind", "route").subscribe()) {
            subscriber.until("live").forEach(told);
        }
        return told.events().stream().filter(event -> event.subject().startsWith(namespace + "/")).toList();
    }

    /// Asserts that every replica tells the same events, each once, and those of one route in their order.
    private void assertToldByAll(Map<ReplicaProcess, String> starts, String namespace, int atLeast) {
        await().atMost(SOON).untilAsserted(() -> {
            Set<String> origins = origins(told(first, starts, namespace));
            assertThat(origins).hasSizeGreaterThanOrEqualTo(atLeast);
            for (ReplicaProcess replica : all) {
                assertThat(origins(told(replica, starts, namespace))).as("events that %s tells", replica.id())
                        .isEqualTo(origins);
            }
        });
        for (ReplicaProcess replica : all) {
            List<Known> told = told(replica, starts, namespace);
            assertThat(told).as("told by %s", replica.id()).extracting(Known::origin).doesNotHaveDuplicates();
            assertInOrder(replica, told);
        }
        Map<String, String> newest = newest(told(first, starts, namespace));
        for (ReplicaProcess replica : all) {
            assertThat(newest(told(replica, starts, namespace))).as("the newest of %s", replica.id())
                    .isEqualTo(newest);
        }
    }

    private static void assertInOrder(ReplicaProcess replica, List<Known> told) {
        Map<String, BigInteger> versions = new HashMap<>();
        for (Known event : told) {
            BigInteger version = new BigInteger(event.version());
            BigInteger before = versions.put(event.subject(), version);
            assertThat(version).as("the version of %s after %s, at %s", event, before, replica.id())
                    .isGreaterThanOrEqualTo(before == null ? BigInteger.ZERO : before);
        }
    }

    private static Set<String> origins(List<Known> events) {
        return events.stream().map(Known::origin).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> subjects(List<Known> events) {
        return events.stream().map(Known::subject).collect(Collectors.toSet());
    }

    private static Map<String, String> newest(List<Known> events) {
        Map<String, String> newest = new TreeMap<>();
        events.forEach(event -> newest.put(event.subject(), event.kind() + " " + event.version()));
        return newest;
    }
}
