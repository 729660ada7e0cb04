package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.Directory;
import io.sandgate.sandbox.linux.Errno;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.linux.SystemCallException;
import java.io.IOException;

/// The root directory of one sandbox, held open: it stays the same one when the number of the process that it was found by
/// is used again. Thread-safe.
public final class SandboxRoot implements AutoCloseable {

    private static final int ATTEMPTS = 64;

    private final Descriptor descriptor;

    /// @param descriptor of the directory; closed with this
    public SandboxRoot(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /// Opens what a path leads to, all links followed.
    ///
    /// @param mode the permissions of a file that is made; else 0
    Descriptor open(GuestPath path, int mode, OpenFlag... flags) throws IOException {
        for (int attempt = 1;; attempt++) {
            try {
                return descriptor.openInRoot(path.text(), mode, flags);
            } catch (SystemCallException e) {
                // something was moved while the kernel passed it
                if (e.errno() != Errno.EAGAIN || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /// Finds what a path leads to, without opening it.
    Descriptor find(GuestPath path) throws IOException {
        return open(path, 0, OpenFlag.PATH);
    }

    /// Finds a directory, without opening it.
    Directory directory(GuestPath path) throws IOException {
        return new Directory(open(path, 0, OpenFlag.PATH, OpenFlag.DIRECTORY));
    }

    /// The path in the sandbox of an open file, as far as it can be told; else what else leads there.
    String locate(Descriptor file, String otherwise) throws IOException {
        String top = Directory.pathOf(descriptor);
        String place = Directory.pathOf(file);
        if (top.equals("/")) {
            return place;
        }
        if (place.equals(top)) {
            return "/";
        }
        return place.startsWith(top + "/") ? place.substring(top.length()) : otherwise;
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
