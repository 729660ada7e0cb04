package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.sandgate.e2e.bench.MarkdownTable.ms;

/// How soon the others know that a replica died, or stands still.
@Tag("bench")
class FailureBench {

    private static final int KILLS = Scale.of(21, 3);
    private static final int STOPS = Scale.of(6, 1);
    private static final Duration LOOK = Duration.ofMillis(5);
    private static final Duration GIVE_UP = Duration.ofSeconds(30);
    private static final double KILL_GOAL_MILLIS = 1_200;
    private static final double STOP_GOAL_MILLIS = 6_000;

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(3).expectInLogs(Progress.BUSY_MACHINE);

    @Test
    void replica_thatFails_isKnownToTheOthers() throws Exception {
        Latencies kills = new Latencies();
        for (int i = 0; i < KILLS; i++) {
            ReplicaProcess victim = cluster.replica(i % 3 + 1);
            Progress.say("failure: kill -9 of %s".formatted(victim.id()));
            fail(victim, victim::kill9, routable -> !routable.contains(victim.id()), kills);
            victim.start().awaitReady();
            awaitAllRoutable();
        }
        Latencies stops = new Latencies();
        Latencies returns = new Latencies();
        for (int i = 0; i < STOPS; i++) {
            ReplicaProcess victim = cluster.replica(i % 3 + 1);
            Progress.say("failure: SIGSTOP of %s".formatted(victim.id()));
            fail(victim, victim::sigstop, routable -> !routable.contains(victim.id()), stops);
            fail(victim, victim::sigcont, routable -> routable.contains(victim.id()), returns);
            awaitAllRoutable();
        }
        Report report = new Report("failure", "A replica fails",
                "Three replicas; one of them, each in turn, is killed with SIGKILL, and "
                        + "later stopped with SIGSTOP. Each other one is asked every " + LOOK.toMillis()
                        + " ms whom it gives "
                        + "work to; what counts is the moment in which the last of them leaves the victim out.")
                .goal(kills.count() + " kills: p99 until both others know", ms(kills.p99()), "1.2 s",
                        kills.p99() <= KILL_GOAL_MILLIS)
                .figure("p50", ms(kills.p50()))
                .goal(stops.count() + " stops: slowest until not routable", ms(stops.max()), "6 s",
                        stops.max() <= STOP_GOAL_MILLIS)
                .figure("p50 until not routable", ms(stops.p50()))
                .figure("slowest until routable again after SIGCONT", ms(returns.max()));
        besideMemberlist(report, kills, stops);
        report.publish();
    }

    private static void besideMemberlist(Report report, Latencies kills, Latencies stops) throws Exception {
        Optional<Memberlist> opened = Memberlist.open(3);
        if (opened.isEmpty()) {
            report.note("Not beside memberlist: Debian's golang-go and golang-github-hashicorp-memberlist-dev are not "
                    + "installed.");
            return;
        }
        Latencies theirKills = new Latencies();
        Latencies theirStops = new Latencies();
        try (Memberlist memberlist = opened.get()) {
            Progress.say("failure: the same with memberlist");
            for (int i = 0; i < KILLS; i++) {
                theirKills.add(memberlist.kill(i % 3));
            }
            for (int i = 0; i < STOPS; i++) {
                theirStops.add(memberlist.stop(i % 3));
            }
        }
        report.table(
                "Beside it, three members of Debian's memberlist library with the constants of OpenKruise Agents, with "
                        + "the same faults, until both others have taken the victim out:",
                new MarkdownTable("", "Sandgate", "memberlist")
                        .row("SIGKILL, p50", ms(kills.p50()), ms(theirKills.p50()))
                        .row("SIGKILL, slowest", ms(kills.max()), ms(theirKills.max()))
                        .row("SIGSTOP, p50", ms(stops.p50()), ms(theirStops.p50()))
                        .row("SIGSTOP, slowest", ms(stops.max()), ms(theirStops.max())));
    }

    private static void fail(ReplicaProcess victim, Runnable fault, Predicate<Set<String>> known, Latencies took)
            throws Exception {
        List<Callable<Long>> watching = new ArrayList<>();
        List<ReplicaProcess> others = cluster.others(victim);
        try (ExecutorService threads = Executors.newFixedThreadPool(others.size())) {
            long start = System.nanoTime();
            others.forEach(other -> watching.add(() -> when(other, known)));
            List<Future<Long>> moments = watching.stream().map(threads::submit).toList();
            fault.run();
            long last = start;
            for (Future<Long> moment : moments) {
                last = Math.max(last, moment.get());
            }
            took.add(last - start);
        }
    }

    private static long when(ReplicaProcess replica, Predicate<Set<String>> known) {
        long deadline = System.nanoTime() + GIVE_UP.toNanos();
        try (KeepAliveClient admin = new KeepAliveClient(replica.plan().adminPort(), "")) {
            while (!known.test(routable(admin))) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError(replica.id() + " does not know it after " + GIVE_UP + replica.tail());
                }
                LockSupport.parkNanos(LOOK.toNanos());
            }
            return System.nanoTime();
        }
    }

    private static Set<String> routable(KeepAliveClient admin) {
        return new JsonObject(admin.call("GET", "/cluster", "").body()).getJsonArray("members").stream()
                .map(JsonObject.class::cast).filter(member -> member.getBoolean("routable"))
                .map(member -> member.getString("id")).collect(Collectors.toSet());
    }

    private static void awaitAllRoutable() {
        cluster.awaitTogether();
        cluster.replicas().forEach(replica -> when(replica, routable -> routable.size() == 3));
    }
}
