package io.sandgate.sandbox.driver.process;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The signals that sandboxes get, sent through the C library's `kill`, without a process of their own.
enum Signal {
    KILL(9), CONT(18), STOP(19);

    private static final MethodHandle KILL_FUNCTION = link();

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    /// Sends this signal; a process that is gone already is no error.
    void send(int pid) {
        if (pid <= 1) {
            throw new IllegalArgumentException("pid: " + pid + " (expected: above 1)");
        }
        try {
            int result = (int) KILL_FUNCTION.invokeExact(pid, number);
            assert result == 0 || result == -1;
        } catch (Throwable e) {
            throw new IllegalStateException("kill(2) could not be called", e);
        }
    }

    @SuppressWarnings("restricted") // kill(2) has no other binding; the launcher enables native access
    private static MethodHandle link() {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow("kill"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    }
}
