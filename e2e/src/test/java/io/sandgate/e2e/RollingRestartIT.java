package io.sandgate.e2e;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.SandboxWorld;
import io.sandgate.e2e.harness.SteadyCaller;
import io.sandgate.e2e.harness.TcpBalancer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Replicas that are restarted one after the other, while clients call their sandboxes through a balancer.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RollingRestartIT {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration BRISK = Duration.ofMillis(25);
    private static final Duration CALM = Duration.ofMillis(300);
    private static final Duration SHORT = Duration.ofMillis(50);

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(3);

    @AutoClose
    private static final SandboxWorld world = SandboxWorld.open();

    @Test
    void replicas_restartedInTurn_failNoRequest() throws InterruptedException {
        List<String> ids = cluster.replicas().stream().map(replica -> replica.api().created("base")).toList();
        cluster.awaitTogether();
        List<SteadyCaller> callers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        try (TcpBalancer balancer = TcpBalancer.before(cluster.replicas())) {
            Set<String> all = cluster.replicas().stream().map(ReplicaProcess::id).collect(Collectors.toSet());
            await().atMost(LONG).until(() -> balancer.ready().equals(all));
            for (String id : ids) {
                for (Duration pause : List.of(BRISK, BRISK, CALM)) {
                    callers.add(get(balancer, id, true, pause));
                    callers.add(post(balancer, id, true, pause));
                }
                callers.add(get(balancer, id, false, SHORT));
            }
            callers.forEach(caller -> threads.add(Thread.ofVirtual().start(caller)));

            for (ReplicaProcess replica : cluster.replicas()) {
                assertThat(replica.sigterm()).as("exit code of %s", replica.id()).isZero();
                assertThat(balancer.ready()).doesNotContain(replica.id());
                replica.start();
                cluster.awaitTogether();
                await().atMost(LONG).until(() -> balancer.ready().equals(all));
                int before = answered(callers);
                await().atMost(LONG).until(() -> answered(callers) > before + 100);
            }
            callers.forEach(SteadyCaller::close);
            for (Thread thread : threads) {
                thread.join(LONG);
            }
        }
        assertThat(callers.stream().flatMap(caller -> caller.failures().stream())).isEmpty();
        assertThat(callers).allSatisfy(caller -> assertThat(caller.answered()).isPositive());
    }

    private static int answered(List<SteadyCaller> callers) {
        return callers.stream().mapToInt(SteadyCaller::answered).sum();
    }

    private static SteadyCaller get(TcpBalancer balancer, String id, boolean keeps, Duration pause) {
        return new SteadyCaller(balancer.port(), "GET /page HTTP/1.1\r\n" + host(id), "", "127.", keeps, pause);
    }

    private static SteadyCaller post(TcpBalancer balancer, String id, boolean keeps, Duration pause) {
        String body = "not to be sent twice";
        return new SteadyCaller(balancer.port(), "POST /page HTTP/1.1\r\n" + host(id) + "Content-Length: "
                + body.length() + "\r\n", body, "127.", keeps, pause);
    }

    private static String host(String id) {
        return "Host: " + world.port() + "-" + id + ".localhost\r\n";
    }
}
