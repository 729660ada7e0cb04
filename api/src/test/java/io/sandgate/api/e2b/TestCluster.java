package io.sandgate.api.e2b;

import io.sandgate.membership.Member;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Replicas in one JVM with separate sandboxes and route tables and one member list.
final class TestCluster implements AutoCloseable {
    final Map<String, Member> members = new ConcurrentHashMap<>();
    private final Map<String, TestReplica> byId = new ConcurrentHashMap<>();
    private final List<TestReplica> replicas = new ArrayList<>();
    private final Vertx vertx = Vertx.vertx();

    TestCluster(int size, E2bSettings settings) {
        for (int i = 0; i < size; i++) {
            TestReplica replica = new TestReplica(vertx, "replica-" + i, settings, members, byId);
            byId.put(replica.id, replica);
            replicas.add(replica);
        }
    }

    TestReplica get(int i) {
        return replicas.get(i);
    }

    @Override
    public void close() {
        replicas.forEach(TestReplica::close);
        vertx.close().await();
    }
}
