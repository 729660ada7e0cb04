package io.sandgate.e2e.harness;

import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import static org.assertj.core.api.Assertions.assertThat;

/// What replicas say of the members of their cluster.
public final class MembersSeen {

    private MembersSeen() {}

    /// The members that the replica holds for ready and routable, itself among them.
    public static Set<String> routable(ReplicaProcess by) {
        Set<String> ids = new TreeSet<>();
        by.cluster().getJsonArray("members").stream().map(JsonObject.class::cast)
                .filter(member -> member.getBoolean("routable")).forEach(member -> ids.add(member.getString("id")));
        return ids;
    }

    /// The members of the replica's view, itself among them.
    public static Set<String> inView(ReplicaProcess by) {
        Set<String> ids = new TreeSet<>();
        by.cluster().getJsonArray("members").stream().map(JsonObject.class::cast)
                .forEach(member -> ids.add(member.getString("id")));
        return ids;
    }

    /// Asserts that each of the replicas holds exactly these, all of them, for routable.
    public static void assertRoutable(Collection<ReplicaProcess> these) {
        these.forEach(replica -> assertThat(routable(replica)).as("routable for %s", replica.id())
                .isEqualTo(ids(these)));
    }

    /// Asserts that each of the replicas has exactly these, all of them, in its view.
    public static void assertTogether(Collection<ReplicaProcess> these) {
        these.forEach(replica -> assertThat(inView(replica)).as("view of %s", replica.id()).isEqualTo(ids(these)));
    }

    /// Asserts that none of the replicas holds any of the others for routable.
    public static void assertNotRoutable(List<ReplicaProcess> by, List<ReplicaProcess> others) {
        by.forEach(replica -> assertThat(routable(replica)).as("routable for %s", replica.id())
                .doesNotContainAnyElementsOf(ids(others)));
    }

    private static Set<String> ids(Collection<ReplicaProcess> replicas) {
        Set<String> ids = new TreeSet<>();
        replicas.forEach(replica -> ids.add(replica.id()));
        return ids;
    }
}
