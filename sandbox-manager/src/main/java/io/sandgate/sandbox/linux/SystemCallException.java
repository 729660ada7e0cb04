package io.sandgate.sandbox.linux;

import java.io.IOException;

/// The failure of a system call, such as `openat2: ENOENT`.
public final class SystemCallException extends IOException {

    private static final long serialVersionUID = 1L;

    private final Errno errno;

    SystemCallException(String call, int number) {
        this(call, Errno.of(number), number);
    }

    private SystemCallException(String call, Errno errno, int number) {
        super(call + ": " + (errno == Errno.OTHER ? "errno " + number : errno.name()));
        this.errno = errno;
    }

    /// Why it failed.
    public Errno errno() {
        return errno;
    }
}
