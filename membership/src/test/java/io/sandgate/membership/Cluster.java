package io.sandgate.membership;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Replicas of one cluster on free ports of 127.0.0.1, closed after each test.
final class Cluster implements AfterEachCallback {
    /// Short enough for tests, and long enough for a busy machine.
    static final ClusterTimers QUICK = new ClusterTimers(Duration.ofMillis(200), Duration.ofMillis(400),
            Duration.ofSeconds(2), Duration.ofMillis(500), Duration.ofMillis(300), Duration.ofMillis(200),
            Duration.ofMillis(600), Duration.ofSeconds(1), Duration.ofSeconds(4));
    private static final Duration JOIN_DEADLINE = Duration.ofSeconds(30);
    static final LivenessProbe ANSWERS = () -> CompletableFuture.completedFuture(true);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    /// Closes the thing after the test.
    <T extends AutoCloseable> T closing(T thing) {
        synchronized (open) {
            open.push(thing);
        }
        return thing;
    }

    Membership join(ClusterSettings settings, Member self) {
        return join(settings, self, ANSWERS, new SimpleMeterRegistry());
    }

    Membership join(ClusterSettings settings, Member self, LivenessProbe probe, SimpleMeterRegistry registry) {
        return join(settings, self, probe, () -> RouteSummary.NONE, registry);
    }

    Membership join(ClusterSettings settings, Member self, LivenessProbe probe, Supplier<RouteSummary> summary,
            SimpleMeterRegistry registry) {
        return in(closing(JGroupsMembership.join(settings, Optional.empty(), self, probe, summary, registry)));
    }

    /// Waits until the replica is in its cluster.
    static Membership in(Membership membership) {
        try {
            membership.joined().toCompletableFuture().get(JOIN_DEADLINE.toSeconds(), TimeUnit.SECONDS);
            return membership;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(membership.outsideBecause(), e);
        }
    }

    static ClusterSettings settings(Endpoint bind, List<Endpoint> members) {
        return new ClusterSettings(bind, new Discovery.Listed(members), "test", Duration.ofSeconds(1), QUICK);
    }

    /// For a group that has a list.
    static Approach approach() {
        return new Approach(new Discovery.Listed(List.of()), new SimpleMeterRegistry());
    }

    /// Free ports of loopback, all different.
    static List<Endpoint> endpoints(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Endpoint> endpoints = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                sockets.add(socket);
                endpoints.add(new Endpoint("127.0.0.1", socket.getLocalPort()));
            }
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
        return endpoints;
    }

    static void awaitMembers(Membership membership, String... ids) {
        await().atMost(Duration.ofSeconds(15)).pollInterval(Duration.ofMillis(10)).untilAsserted(
                () -> assertThat(membership.members()).extracting(Member::id).containsExactly(ids));
    }
}
