package io.sandgate.sandbox.linux;

import java.lang.foreign.Arena;

/// A pipe that has a place in the file system (a FIFO).
public final class NamedPipe {

    private static final int AT_FDCWD = -100;
    private static final int S_IFIFO = 0x1000;

    private NamedPipe() {}

    /// Makes one.
    ///
    /// @param mode its permissions, less those that the process masks
    /// @throws SystemCallException EEXIST when something is there
    public static void create(String path, int mode) throws SystemCallException {
        try (var arena = Arena.ofConfined()) {
            SystemCall.MKNODAT.invoke(AT_FDCWD, PathText.allocate(arena, path).address(), S_IFIFO | mode);
        }
    }
}
