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
    private final E2bSettings settings;
    private final Vertx vertx = Vertx.vertx();

    TestCluster(int size, E2bSettings settings) {
        this.settings = settings;
        for (int i = 0; i < size; i++) {
            add();
        }
    }

    /// One more, which is ready at once.
    TestReplica add() {
        TestReplica replica = new TestReplica(vertx, "replica-" + replicas.size(), settings, members, byId);
        byId.put(replica.id, replica);
        replicas.add(replica);
        return replica;
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
