package io.sandgate.e2e.bench;

import io.sandgate.e2e.bench.BenchClient.Created;
import io.sandgate.e2e.harness.ClusterProcesses;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.sandgate.e2e.bench.MarkdownTable.ms;
import static io.sandgate.e2e.bench.MarkdownTable.whole;
import static org.assertj.core.api.Assertions.assertThat;

/// How long a create takes that is answered when all healthy peers have the route.
@Tag("bench")
class CreateBench {

    private static final int WARM_UP = Scale.of(600, 60);
    private static final int CREATES = Scale.of(1_000, 60);
    private static final int CLIENTS = 8;
    private static final double P50_GOAL = 25;
    private static final double P99_GOAL = 100;

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(3).set("sandbox.max", "5000")
            .expectInLogs(Progress.BUSY_MACHINE);

    /// What one client did.
    private record Outcome(Latencies took, int missing) {}

    @Test
    void create_ofBase_isAnsweredWhenAllHealthyPeersHaveTheRoute() throws Exception {
        Progress.say("create: %d creates to warm up".formatted(WARM_UP));
        creates(1, WARM_UP, false);
        creates(CLIENTS, WARM_UP, false);

        Progress.say("create: %d creates, one client".formatted(CREATES));
        Replication before = Replication.of(cluster.replicas());
        Outcome one = creates(1, CREATES, true);
        Replication replication = Replication.of(cluster.replicas()).since(before);
        Progress.say("create: %d creates, %d clients".formatted(CREATES, CLIENTS));
        Outcome several = creates(CLIENTS, CREATES, false);

        report(one, several, replication);
    }

    private static Outcome creates(int clients, int count, boolean look)
            throws InterruptedException, ExecutionException {
        Latencies took = new Latencies();
        List<Callable<Integer>> work = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            int first = client;
            work.add(() -> create(first, count / clients, took, look));
        }
        int missing = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            for (Future<Integer> done : threads.invokeAll(work)) {
                missing += done.get();
            }
        }
        return new Outcome(took, missing);
    }

    /// Creates at the replicas in turn, and kills all again.
    ///
    /// @param look whether to look into the other replicas' tables after each create
    /// @return how many other replicas had no route when the create was answered
    private static int create(int first, int count, Latencies took, boolean look) {
        int missing = 0;
        List<BenchClient> replicas = new ArrayList<>();
        List<Created> made = new ArrayList<>();
        try {
            cluster.replicas().forEach(replica -> replicas.add(new BenchClient(replica)));
            for (int i = 0; i < count; i++) {
                BenchClient owner = replicas.get((first + i) % replicas.size());
                Created created = owner.create();
                took.add(created.nanos());
                made.add(created);
                if (look) {
                    missing += (int) replicas.stream().filter(other -> other != owner && !other.hasRoute(created.id()))
                            .count();
                }
            }
            for (int i = 0; i < made.size(); i++) {
                replicas.get((first + i) % replicas.size()).kill(made.get(i).id());
            }
        } finally {
            replicas.forEach(BenchClient::close);
        }
        return missing;
    }

    private static void report(Outcome one, Outcome several, Replication replication) {
        int looks = 2 * one.took().count();
        new Report("create", "Create", "Three replicas with their defaults on this machine, the client on it too. "
                + one.took().count() + " creates of a `base` sandbox over the lifecycle API, one after the other over "
                + "kept connections, at the three replicas in turn, after " + 2 * WARM_UP + " to warm up; each answer "
                + "comes when every healthy peer has acknowledged the route, which a look into the tables of both "
                + "peers right after it checks.")
                .goal("p50, one client", ms(one.took().p50()), "25 ms", one.took().p50() <= P50_GOAL)
                .goal("p99, one client", ms(one.took().p99()), "100 ms", one.took().p99() <= P99_GOAL)
                .figure("slowest of all", ms(one.took().max()))
                .figure("of it: one commit to disk, mean (a create has two)", ms(replication.meanCommitMillis()))
                .figure("of it: wait for the peers, mean", ms(replication.meanWaitMillis()))
                .figure("peers that had the route when the answer came", whole(looks - one.missing()) + " of "
                        + whole(looks))
                .figure("requests to peers: in time, late, failed", whole(replication.inTime()) + ", "
                        + whole(replication.late()) + ", " + whole(replication.failed()))
                .figure("p50, " + CLIENTS + " clients at once", ms(several.took().p50()))
                .figure("p99, " + CLIENTS + " clients at once", ms(several.took().p99()))
                .publish();
        double excused = replication.late() + replication.failed();
        assertThat((double) one.missing()).as("routes that a peer lacked when the create was answered, more than "
                + "requests to peers were late or failed").isLessThanOrEqualTo(excused);
    }
}
