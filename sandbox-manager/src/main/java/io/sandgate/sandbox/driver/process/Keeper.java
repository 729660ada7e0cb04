package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.DriverException.Reason;
import io.sandgate.sandbox.driver.LogEntry;
import io.sandgate.sandbox.driver.SandboxDriver.ExitListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that follows the logs of all sandboxes with processes and notices when a sandbox's last process ends.
///
/// A log that grows is looked at on each tick, one that rests ever more rarely, and any at once when it is read. The
/// processes are looked at every few seconds, and at once when a command ends. All that it holds belongs to its thread;
/// others send it tasks.
final class Keeper implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Keeper.class);

    private static final long TICK_MILLIS = 100;
    private static final int LONGEST_INTERVAL_TICKS = 16;
    private static final int LOOK_TICKS = 20;
    private static final int MAX_TASKS = 4096;
    private static final long ANSWER_SECONDS = 10;

    private final ProcessTable table;
    private final int logBytes;
    private final InstantSource clock;
    private final BlockingQueue<Runnable> tasks = new ArrayBlockingQueue<>(MAX_TASKS);
    private final Map<String, Watched> watched = new HashMap<>();
    /// Those whose end was reported.
    private final Set<String> ended = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private @Nullable ExitListener listener;
    private boolean lookDue;
    private long tick;

    /// One sandbox with processes.
    private static final class Watched {
        final String id;
        final String uid;
        final SandboxLog log;
        Set<ProcessInfo.Key> notCounted = Set.of();
        boolean started;
        boolean reported;
        String detail = "its processes are gone";
        int interval = 1;
        long due;

        Watched(String id, String uid, SandboxLog log) {
            this.id = id;
            this.uid = uid;
            this.log = log;
        }
    }

    Keeper(ProcessTable table, int logBytes, InstantSource clock) {
        this.table = table;
        this.logBytes = logBytes;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("sandbox-keeper").start(this::run);
    }

    /// Follows the log in a directory.
    void watch(String id, String uid, Path directory) {
        call(() -> {
            ended.remove(id);
            return watched.put(id, new Watched(id, uid, new SandboxLog(directory, logBytes, clock)));
        });
    }

    /// From now on the end of the sandbox's last process is reported.
    ///
    /// @param notCounted processes without which it ends all the same
    void started(String id, Set<ProcessInfo.Key> notCounted) {
        call(() -> {
            Watched sandbox = watched.get(id);
            if (sandbox != null) {
                sandbox.notCounted = notCounted;
                sandbox.started = true;
            }
            return id;
        });
    }

    /// The sandbox's command ended: others of its processes may still run.
    void commandEnded(String id, int exitCode) {
        boolean accepted = tasks.offer(() -> {
            Watched sandbox = watched.get(id);
            if (sandbox != null) {
                sandbox.detail = "its command ended with exit code " + exitCode;
                lookDue = true;
            }
        });
        if (!accepted) {
            log.debug("keeper.busy sandbox={}", id);
        }
    }

    /// Leaves a sandbox alone: its directory is not touched after this call.
    void forget(String id) {
        call(() -> {
            ended.remove(id);
            return watched.remove(id) != null;
        });
    }

    /// Whether the end of a sandbox was reported already.
    boolean hasEnded(String id) {
        return ended.contains(id);
    }

    /// The lines that are kept of a sandbox.
    ///
    /// @param partial whether an unfinished last line counts
    List<LogEntry> read(String id, boolean partial) {
        return call(() -> {
            Watched sandbox = watched.get(id);
            if (sandbox == null) {
                return List.of();
            }
            sandbox.log.poll(partial);
            return sandbox.log.read();
        });
    }

    void onExit(ExitListener exitListener) {
        call(() -> {
            listener = exitListener;
            lookDue = true;
            return exitListener;
        });
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private <T> T call(Callable<T> task) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            boolean accepted = tasks.offer(() -> {
                try {
                    answer.complete(task.call());
                } catch (Exception e) {
                    answer.completeExceptionally(e);
                }
            }, ANSWER_SECONDS, TimeUnit.SECONDS);
            if (accepted) {
                return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
            }
            throw new DriverException(Reason.FAILED, "the sandboxes' logs are not attended to: too many requests");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DriverException(Reason.FAILED, "interrupted while asking for a log", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new DriverException(Reason.FAILED, "the sandbox's log could not be attended to: " + e, e);
        }
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Runnable task = watched.isEmpty() ? tasks.take() : tasks.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
                try {
                    turn(task);
                } catch (RuntimeException e) {
                    // the other sandboxes still need it
                    log.error("keeper.failed", e);
                }
            }
        } catch (InterruptedException e) {
            log.debug("keeper.stopped");
        }
    }

    private void turn(@Nullable Runnable task) {
        if (task == null) {
            tick();
        } else {
            task.run();
        }
        if (lookDue) {
            lookDue = false;
            lookForEnds();
        }
    }

    private void tick() {
        tick++;
        for (Watched sandbox : watched.values()) {
            if (sandbox.due <= tick) {
                boolean grew = poll(sandbox, false);
                sandbox.interval = grew ? 1 : Math.min(sandbox.interval * 2, LONGEST_INTERVAL_TICKS);
                sandbox.due = tick + sandbox.interval;
            }
        }
        lookDue |= tick % LOOK_TICKS == 0;
    }

    private static boolean poll(Watched sandbox, boolean partial) {
        try {
            return sandbox.log.poll(partial);
        } catch (IOException e) {
            log.warn("sandbox.log-failed id={} reason={}", sandbox.id, e.toString());
            return false;
        }
    }

    private void lookForEnds() {
        ExitListener hearer = listener;
        if (hearer == null || watched.values().stream().noneMatch(w -> w.started && !w.reported)) {
            return;
        }
        try {
            ProcessTable.Look look = table.look();
            for (Watched sandbox : watched.values()) {
                if (sandbox.started && !sandbox.reported && look.living(sandbox.id).stream()
                        .allMatch(process -> sandbox.notCounted.contains(process.key()))) {
                    sandbox.reported = true;
                    ended.add(sandbox.id);
                    poll(sandbox, true);
                    hearer.exited(sandbox.id, sandbox.uid, sandbox.detail);
                }
            }
        } catch (DriverException e) {
            log.warn("sandbox.look-failed reason={}", e.getMessage());
        }
    }
}
