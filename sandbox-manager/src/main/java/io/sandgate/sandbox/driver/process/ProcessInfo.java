package io.sandgate.sandbox.driver.process;

import java.util.Optional;

/// One process as `/proc/<pid>/stat` shows it. Pid and start together are its identity: pids come again.
///
/// @param pid its number
/// @param parent its parent's number
/// @param session the number of its session's leader
/// @param start when it started, in clock ticks since boot
/// @param state the kernel's letter for what it does
record ProcessInfo(int pid, int parent, int session, long start, char state) {

    private static final int KERNEL_THREADS = 2;

    /// Reads the one line of a stat file.
    ///
    /// @return nothing when the line is of another form, as for a process that ends in this moment
    static Optional<ProcessInfo> parse(String stat) {
        int open = stat.indexOf('(');
        // The command's name stands in brackets and may itself hold brackets and spaces.
        int close = stat.lastIndexOf(')');
        if (open < 2 || close < open || close + 2 >= stat.length()) {
            return Optional.empty();
        }
        String[] fields = stat.substring(close + 2).split(" ", 21);
        if (fields.length < 21) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ProcessInfo(Integer.parseInt(stat.substring(0, open - 1)),
                    Integer.parseInt(fields[1]), Integer.parseInt(fields[3]), Long.parseLong(fields[19]),
                    fields[0].charAt(0)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// Whether it can still run: a zombie is dead.
    boolean alive() {
        return state != 'Z' && state != 'X' && state != 'x';
    }

    boolean stopped() {
        return state == 'T' || state == 't';
    }

    /// Whether it waits in the kernel and takes no signal but a deadly one.
    boolean uninterruptible() {
        return state == 'D';
    }

    Key key() {
        return new Key(pid, start);
    }

    boolean kernelThread() {
        return pid == KERNEL_THREADS || parent == KERNEL_THREADS;
    }

    /// What tells a process from all others of this boot.
    record Key(int pid, long start) {}
}
