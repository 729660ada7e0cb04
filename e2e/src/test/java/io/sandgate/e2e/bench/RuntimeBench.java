package io.sandgate.e2e.bench;

import io.sandgate.e2e.bench.GuestClient.Guest;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ReplicaProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.sandgate.e2e.bench.MarkdownTable.ms;
import static org.awaitility.Awaitility.await;

/// What isolated sandboxes and their runtimes take: creates with and without a warm pool, commands, output, files, and the
/// replica's memory for those that idle.
@Tag("bench")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class RuntimeBench {

    private static final int WARM = 100;
    private static final int A_SECOND = 20;
    private static final int CLAIMS = Scale.of(200, 40);
    private static final int STARTS = Scale.of(100, 20);
    private static final int COMMANDS = Scale.of(300, 50);
    private static final long OUTPUT = (long) Scale.of(1024, 128) << 20;
    private static final long FILE = (long) Scale.of(1024, 128) << 20;
    private static final int IDLE = Scale.of(1000, 50);
    private static final int PAUSED = Scale.of(100, 20);
    private static final double MIB = 1 << 20;

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(1).set("sandbox.isolation", "required")
            .set("sandbox.max", "5000").set("templates.warm.warm", Integer.toString(WARM))
            .set("templates.big.disk-mb", "4096").expectInLogs(Progress.BUSY_MACHINE);

    private final Report report = new Report("runtime", "Sandboxes and their runtime",
            "One replica, its sandboxes isolated as root with networks, users, limits and disks of their own, and the"
                    + " client on the same machine. Commands are run as the SDK runs them, `/bin/bash -l -c`, and"
                    + " everything goes through the proxy. Creates from the pool and commands are measured after as many"
                    + " that are not.");

    @Test
    void runtime() throws Exception {
        ReplicaProcess replica = cluster.replica(1);
        try (GuestClient client = new GuestClient(replica)) {
            client.kill(client.create("base"));
            claims(client, replica);
            starts(client);
            Guest guest = client.create("big");
            commands(client, guest);
            output(client, guest);
            files(client, guest, replica);
            client.kill(guest);
            idle(client, replica);
        }
        report.publish();
    }

    private void claims(GuestClient client, ReplicaProcess replica) throws Exception {
        Progress.say("runtime: %d creates from the pool, %d a second, twice".formatted(CLAIMS, A_SECOND));
        claim(client, replica);
        double before = replica.metrics().sum("sandgate_sandbox_claims_total");
        Latencies took = claim(client, replica);
        double claimed = replica.metrics().sum("sandgate_sandbox_claims_total") - before;
        report.goal("create from a pool of " + WARM + " at " + A_SECOND + " a second, p50", ms(took.p50()), "10 ms",
                took.p50() <= 10)
                .goal("the same, p99", ms(took.p99()), "40 ms", took.p99() <= 40)
                .figure("of " + CLAIMS + " creates, claims of one that was ready", Integer.toString((int) claimed));
    }

    private static Latencies claim(GuestClient client, ReplicaProcess replica) throws Exception {
        awaitWarm(replica);
        Latencies took = new Latencies();
        List<Future<Guest>> made = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long begin = System.nanoTime();
            for (int i = 0; i < CLAIMS; i++) {
                long due = begin + i * TimeUnit.SECONDS.toNanos(1) / A_SECOND;
                LockSupport.parkNanos(due - System.nanoTime());
                made.add(threads.submit(() -> {
                    Guest guest = client.create("warm");
                    took.add(System.nanoTime() - due);
                    return guest;
                }));
            }
        }
        for (Future<Guest> guest : made) {
            client.kill(guest.get());
        }
        return took;
    }

    private static void awaitWarm(ReplicaProcess replica) {
        await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofSeconds(1))
                .until(() -> replica.metrics().sum("sandgate_sandbox_warm") == WARM);
    }

    private void starts(GuestClient client) {
        Progress.say("runtime: %d creates without a pool".formatted(STARTS));
        Latencies took = new Latencies();
        for (int i = 0; i < STARTS; i++) {
            long begin = System.nanoTime();
            Guest guest = client.create("base");
            took.add(System.nanoTime() - begin);
            client.kill(guest);
        }
        report.goal("create without a pool, p50", ms(took.p50()), "60 ms", took.p50() <= 60)
                .figure("the same, p99", ms(took.p99()));
    }

    private void commands(GuestClient client, Guest guest) {
        Progress.say("runtime: %d commands".formatted(COMMANDS));
        for (int i = 0; i < COMMANDS; i++) {
            client.run(guest, "true");
        }
        Latencies took = new Latencies();
        for (int i = 0; i < COMMANDS; i++) {
            long begin = System.nanoTime();
            client.run(guest, "true");
            took.add(System.nanoTime() - begin);
        }
        report.goal("`commands.run('true')`, p50", ms(took.p50()), "15 ms", took.p50() <= 15)
                .figure("the same, p99", ms(took.p99()));
    }

    private void output(GuestClient client, Guest guest) {
        Progress.say("runtime: %d MiB of output".formatted(OUTPUT >> 20));
        long begin = System.nanoTime();
        long came = client.run(guest, "head -c " + OUTPUT + " /dev/zero");
        double rate = OUTPUT / 1e6 / seconds(begin);
        if (came < OUTPUT) {
            throw new AssertionError(came + " bytes came (expected: " + OUTPUT + " and more)");
        }
        report.goal("output of a command", "%.0f MB/s".formatted(rate), "200 MB/s", rate >= 200);
    }

    private void files(GuestClient client, Guest guest, ReplicaProcess replica) throws Exception {
        Progress.say("runtime: files of %d MiB".formatted(FILE >> 20));
        client.upload(guest, "warm-up", 16 << 20);
        client.download(guest, "warm-up");
        long before = ProcessMemory.liveHeap(replica.pid());
        long begin = System.nanoTime();
        long up = grownWhile(replica, before, () -> client.upload(guest, "file", FILE));
        double upSeconds = seconds(begin);
        begin = System.nanoTime();
        long down = grownWhile(replica, before, () -> {
            if (client.download(guest, "file") != FILE) {
                throw new AssertionError("not the whole file came");
            }
        });
        double downSeconds = seconds(begin);
        report.goal("heap grown in an upload of " + (FILE >> 20) + " MiB", mib(up), "64 MiB", up <= 64 * MIB)
                .goal("heap grown in a download of it", mib(down), "64 MiB", down <= 64 * MIB)
                .figure("upload, download, with full collections meanwhile",
                        "%.1f s, %.1f s".formatted(upSeconds, downSeconds));
    }

    /// What is reachable on the replica's heap at most while something is done, beyond what was before.
    private static long grownWhile(ReplicaProcess replica, long before, Runnable work)
            throws IOException, InterruptedException {
        Thread worker = Thread.ofVirtual().start(work);
        long most = 0;
        while (worker.isAlive()) {
            most = Math.max(most, ProcessMemory.liveHeap(replica.pid()) - before);
        }
        worker.join();
        return most;
    }

    private void idle(GuestClient client, ReplicaProcess replica) throws Exception {
        Progress.say("runtime: %d idle sandboxes".formatted(IDLE));
        long before = ProcessMemory.liveHeap(replica.pid());
        List<Guest> guests = new ArrayList<>();
        for (int i = 0; i < IDLE; i++) {
            guests.add(client.create("base"));
        }
        long each = (ProcessMemory.liveHeap(replica.pid()) - before) / IDLE;
        report.goal("heap of the replica for each of " + IDLE + " idle sandboxes", "%.1f KiB".formatted(each / 1024.0),
                "64 KiB", each <= 64 << 10);
        Progress.say("runtime: %d pauses at once".formatted(PAUSED));
        long begin = System.nanoTime();
        all(guests.subList(0, Math.min(PAUSED, IDLE)), PAUSED, client::pause);
        double took = seconds(begin);
        report.goal("pause of " + PAUSED + " of them at once", "%.2f s".formatted(took), "2 s", took <= 2);
        all(guests, 4, client::kill);
    }

    private static void all(List<Guest> guests, int atOnce, Consumer<Guest> call) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
            for (Future<Object> done : threads.invokeAll(
                    guests.stream().map(guest -> Executors.callable(() -> call.accept(guest))).toList())) {
                done.get();
            }
        }
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private static String mib(long bytes) {
        return "%.1f MiB".formatted(bytes / MIB);
    }
}
