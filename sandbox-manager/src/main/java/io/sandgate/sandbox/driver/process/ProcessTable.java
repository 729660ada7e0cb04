package io.sandgate.sandbox.driver.process;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.DriverException.Reason;
import io.sandgate.sandbox.driver.process.Families.Root;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Which processes of this machine belong to which sandbox.
///
/// A look reads all of `/proc`. Callers who ask while one is under way share the next, so that any number of sandboxes
/// that change at once cost one look at a time between them.
final class ProcessTable {

    private static final long WAIT_SECONDS = 30;

    private final ProcFs proc;
    private final Function<ProcessInfo, Optional<String>> mark;
    private final Timer looks;
    private final Map<Integer, Root> roots = new ConcurrentHashMap<>();
    /// Held by the one who looks; guards `families`.
    private final Semaphore turn = new Semaphore(1);
    private final Families families = new Families();
    private @Nullable CompletableFuture<Look> next;
    private volatile Look last = new Look(Map.of());

    ProcessTable(ProcFs proc, Function<ProcessInfo, Optional<String>> mark, MeterRegistry meters) {
        this.proc = proc;
        this.mark = mark;
        this.looks = Timer.builder("sandgate.sandbox.process.scan").description("One look at all processes")
                .register(meters);
    }

    /// Registers the process that was started for a sandbox.
    void adopt(String id, ProcessInfo root) {
        roots.put(root.pid(), new Root(root.start(), id));
    }

    /// Forgets the processes that were started for a sandbox.
    void forget(String id) {
        roots.values().removeIf(root -> root.owner().equals(id));
    }

    /// The processes of a sandbox that are known without a new look; some may be gone, and others missing.
    Set<ProcessInfo.Key> known(String id) {
        Set<ProcessInfo.Key> known = new HashSet<>();
        last.living(id).forEach(process -> known.add(process.key()));
        roots.forEach((pid, root) -> {
            if (root.owner().equals(id)) {
                known.add(new ProcessInfo.Key(pid, root.start()));
            }
        });
        return known;
    }

    /// A look at the machine that begins after this call.
    Look look() {
        CompletableFuture<Look> mine;
        boolean lead;
        synchronized (this) {
            lead = next == null;
            if (next == null) {
                next = new CompletableFuture<>();
            }
            mine = next;
        }
        try {
            if (lead) {
                lead(mine);
            }
            return mine.get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DriverException(Reason.FAILED, "interrupted while looking for processes", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new DriverException(Reason.FAILED, "the processes of this machine could not be read: " + e, e);
        }
    }

    private void lead(CompletableFuture<Look> mine) {
        turn.acquireUninterruptibly();
        try {
            synchronized (this) {
                // Whoever asks from here on may need to see what happens after this look's first file.
                next = null;
            }
            Look look = looks.record(() -> new Look(families.sort(proc.processes(), Map.copyOf(roots), mark)));
            last = look;
            mine.complete(look);
        } catch (RuntimeException e) {
            mine.completeExceptionally(e);
        } finally {
            turn.release();
        }
    }

    /// The processes of all sandboxes at one time.
    ///
    /// @param families sandbox to processes, dead ones among them
    record Look(Map<String, List<ProcessInfo>> families) {

        /// The processes of a sandbox that can still run.
        List<ProcessInfo> living(String id) {
            return families.getOrDefault(id, List.of()).stream().filter(ProcessInfo::alive).toList();
        }

        Set<String> owners() {
            return families.keySet();
        }
    }
}
