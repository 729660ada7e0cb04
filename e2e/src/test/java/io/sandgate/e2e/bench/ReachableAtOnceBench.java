package io.sandgate.e2e.bench;

import io.sandgate.e2e.bench.BenchClient.Created;
import io.sandgate.e2e.bench.KeepAliveClient.Reply;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.SandboxWorld;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.sandgate.e2e.bench.MarkdownTable.ms;
import static io.sandgate.e2e.bench.MarkdownTable.whole;
import static org.assertj.core.api.Assertions.assertThat;

/// Whether a sandbox is reached through every other replica in the moment in which its create is answered.
@Tag("bench")
class ReachableAtOnceBench {

    private static final int SANDBOXES = Scale.of(1_000, 40);
    private static final int CLIENTS = 4;

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(3).set("sandbox.max", "5000")
            .expectInLogs(Progress.BUSY_MACHINE);

    @AutoClose
    private static final SandboxWorld world = SandboxWorld.open();

    /// The first requests to new sandboxes.
    private record Outcome(Latencies took, List<String> failures, Replication replication) {}

    @Test
    void sandbox_justCreated_isReachedThroughEachOtherReplica() throws Exception {
        Progress.say("reachable at once: warming up");
        run(1, SANDBOXES / 4);
        Progress.say("reachable at once: %d sandboxes, one client".formatted(SANDBOXES));
        Outcome one = run(1, SANDBOXES);
        Progress.say("reachable at once: %d sandboxes, %d clients".formatted(SANDBOXES, CLIENTS));
        Outcome several = run(CLIENTS, SANDBOXES);

        MarkdownTable table = new MarkdownTable("", "one client", CLIENTS + " clients at once")
                .row("sandboxes created", whole(SANDBOXES), whole(SANDBOXES))
                .row("first requests through the other replicas", whole(one.took().count()),
                        whole(several.took().count()))
                .row("failed, or reached another sandbox", one.failures().size(), several.failures().size())
                .row("answered only after the replica asked its peers", whole(one.replication().lookups()),
                        whole(several.replication().lookups()))
                .row("p50 of the first request", ms(one.took().p50()), ms(several.took().p50()))
                .row("p99 of the first request", ms(one.took().p99()), ms(several.took().p99()));
        int failures = one.failures().size() + several.failures().size();
        new Report("reachable", "Reachable at once", "A client creates a `base` sandbox on a random one of three "
                + "replicas and, as soon as that is answered, requests it through each other replica. A server that "
                + "listens on every loopback address answers for the sandboxes and says at which address it was "
                + "reached, which must be that of the sandbox.")
                .goal("failures", whole(failures), "0", failures == 0).table("In detail:", table).publish();
        assertThat(one.failures()).isEmpty();
        assertThat(several.failures()).isEmpty();
    }

    private static Outcome run(int clients, int sandboxes) throws InterruptedException, ExecutionException {
        Replication before = Replication.of(cluster.replicas());
        Latencies took = new Latencies();
        List<Callable<List<String>>> work = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            Random random = new Random(client);
            work.add(() -> create(random, sandboxes / clients, took));
        }
        List<String> failures = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            for (Future<List<String>> done : threads.invokeAll(work)) {
                failures.addAll(done.get());
            }
        }
        return new Outcome(took, failures, Replication.of(cluster.replicas()).since(before));
    }

    private static List<String> create(Random random, int count, Latencies took) {
        List<String> failures = new ArrayList<>();
        List<BenchClient> replicas = new ArrayList<>();
        try {
            cluster.replicas().forEach(replica -> replicas.add(new BenchClient(replica)));
            for (int i = 0; i < count; i++) {
                BenchClient owner = replicas.get(random.nextInt(replicas.size()));
                Created created = owner.create();
                List<Reply> replies = new ArrayList<>();
                replicas.stream().filter(other -> other != owner)
                        .forEach(other -> replies.add(other.request(created.id(), world.port())));
                String address = owner.address(created.id());
                for (Reply reply : replies) {
                    took.add(reply.nanos());
                    if (reply.status() != 200 || !reply.body().equals(address)) {
                        failures.add(created.id() + " of " + owner.replica().id() + ": " + reply.status() + " "
                                + reply.body() + " (expected: 200 " + address + ")");
                    }
                }
                owner.kill(created.id());
            }
        } finally {
            replicas.forEach(BenchClient::close);
        }
        return failures;
    }
}
