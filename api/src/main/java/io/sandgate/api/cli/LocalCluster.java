package io.sandgate.api.cli;

import io.sandgate.api.cli.ReplicaProcess.Phase;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The processes of several replicas on this machine, from their start to their stop.
final class LocalCluster implements AutoCloseable {

    private static final Duration START_POLL = Duration.ofMillis(200);
    private static final Duration WATCH_POLL = Duration.ofMillis(500);

    private final CliContext context;
    private final List<ReplicaProcess> processes = new ArrayList<>();
    private final Duration stopTimeout;

    /// @param stopTimeout what all of them together may take to stop
    LocalCluster(CliContext context, Duration stopTimeout) {
        this.context = context;
        this.stopTimeout = stopTimeout;
    }

    /// Starts one process for each replica.
    ///
    /// @param settings arguments that all of them get
    void start(List<LocalReplica> replicas, List<String> settings, Map<String, String> environment) {
        for (LocalReplica replica : replicas) {
            List<String> command = new ArrayList<>(context.program().get());
            command.add("serve");
            command.add("--stop-with-parent");
            command.addAll(settings);
            command.addAll(replica.arguments(replicas));
            processes.add(ReplicaProcess.start(replica, command, environment, context.directory()));
        }
    }

    /// Waits until all are ready, and shows how far they are.
    ///
    /// @return whether they are; not when the wish to stop came first
    /// @throws CliException when one stops, or when the time is over
    boolean awaitReady(Duration atMost) {
        StartProgress progress = new StartProgress(context.out(), context.terminal(),
                processes.stream().map(process -> process.plan().id()).toList());
        long deadline = context.nanoTime().getAsLong() + atMost.toNanos();
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            while (true) {
                List<Phase> phases = processes.stream().map(process -> process.phase(client)).toList();
                progress.show(phases);
                if (phases.stream().allMatch(phase -> phase == Phase.READY)) {
                    return true;
                }
                if (context.stop().await(Duration.ZERO)) {
                    return false;
                }
                requireRunning(phases);
                requireTime(phases, deadline, atMost);
                context.stop().await(START_POLL);
            }
        }
    }

    private void requireRunning(List<Phase> phases) {
        int stopped = phases.indexOf(Phase.STOPPED);
        if (stopped >= 0) {
            throw failed(processes.get(stopped), "stopped while starting, with exit code "
                    + processes.get(stopped).exitCode());
        }
    }

    private void requireTime(List<Phase> phases, long deadline, Duration atMost) {
        if (context.nanoTime().getAsLong() - deadline >= 0) {
            ReplicaProcess late = processes.get(firstNotReady(phases));
            throw failed(late, "was not ready within " + atMost.toSeconds() + " s (--timeout allows more)");
        }
    }

    private static int firstNotReady(List<Phase> phases) {
        int index = 0;
        while (phases.get(index) == Phase.READY) {
            index++;
        }
        return index;
    }

    private CliException failed(ReplicaProcess process, String problem) {
        context.err().println("The end of " + process.plan().log() + ":");
        process.lastLines().forEach(line -> context.err().println("  " + line));
        return new CliException(ExitCode.FAILED, process.plan().id() + " " + problem + "; all are stopped");
    }

    /// Waits for the wish to stop, and tells of every replica that stops before.
    ///
    /// @throws CliException when none is left
    void watch() {
        List<ReplicaProcess> running = new ArrayList<>(processes);
        while (!context.stop().await(WATCH_POLL)) {
            for (ReplicaProcess process : List.copyOf(running)) {
                process.boundLog().ifPresent(context.err()::println);
                if (!process.alive()) {
                    running.remove(process);
                    context.out().println(process.plan().id() + " stopped with exit code " + process.exitCode()
                            + " (see " + process.plan().log() + "); " + running.size() + " of " + processes.size()
                            + " go on.");
                    context.out().flush();
                }
            }
            if (running.isEmpty()) {
                throw new CliException(ExitCode.FAILED, "every replica has stopped");
            }
        }
    }

    /// Stops all at once, and ends those that take too long.
    @Override
    public void close() {
        processes.forEach(ReplicaProcess::terminate);
        long deadline = context.nanoTime().getAsLong() + stopTimeout.toNanos();
        processes.forEach(process -> process
                .awaitStop(Duration.ofNanos(Math.max(0, deadline - context.nanoTime().getAsLong()))));
    }
}
