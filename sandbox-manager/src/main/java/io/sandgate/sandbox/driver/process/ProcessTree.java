package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.DriverException.Reason;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Signals to all processes of a sandbox, repeated until a look at the machine finds nobody whom they did not reach: a
/// process may fork while it is being looked for.
///
/// Implementation note. A process in uninterruptible sleep does not stop, but once it has a stop pending it runs no more
/// of its program either. It may sleep for as long as the sandbox is frozen: a parent that forked with vfork waits for a
/// child that has been stopped. So it counts as stopped when it has been signalled; and to run on, every process gets the
/// signal, also those that do not show as stopped: all are known, since nobody forks in a frozen sandbox. Signalling
/// those who are known first often saves a look.
final class ProcessTree {

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(5);

    private final ProcessTable table;
    private final ProcFs proc;
    private final Duration timeout;

    /// @param timeout how long a signal is repeated
    ProcessTree(ProcessTable table, ProcFs proc, Duration timeout) {
        this.table = table;
        this.proc = proc;
        this.timeout = timeout;
    }

    /// Stops all processes of a sandbox.
    void stop(String id) {
        Set<ProcessInfo.Key> signalled = new HashSet<>();
        repeat(id, Signal.STOP,
                process -> !process.stopped() && (signalled.add(process.key()) || !process.uninterruptible()));
    }

    /// Lets all processes of a sandbox run on.
    void go(String id) {
        repeat(id, Signal.CONT, ProcessInfo::stopped);
    }

    /// Ends all processes of a sandbox.
    void kill(String id) {
        repeat(id, Signal.KILL, process -> true);
    }

    /// Whether a sandbox has a process that can still run.
    boolean alive(String id) {
        return !table.look().living(id).isEmpty();
    }

    private void repeat(String id, Signal signal, Predicate<ProcessInfo> unreached) {
        table.known(id).forEach(key -> signal.send(proc, key));
        Rounds rounds = new Rounds(timeout, LONGEST_PAUSE);
        while (true) {
            List<ProcessInfo> left = table.look().living(id).stream().filter(unreached).toList();
            if (left.isEmpty()) {
                return;
            }
            left.forEach(process -> signal.send(proc, process.key()));
            if (!rounds.next()) {
                throw new DriverException(Reason.FAILED,
                        signal + " did not reach " + left.size() + " processes of sandbox " + id + " within "
                                + timeout.toMillis() + " ms (sandgate.sandbox.kill-timeout): pids "
                                + left.stream().limit(10).map(ProcessInfo::pid).toList());
            }
        }
    }
}
