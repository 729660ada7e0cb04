package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Directory;
import io.sandgate.sandbox.linux.Directory.Name;
import io.sandgate.sandbox.linux.Errno;
import io.sandgate.sandbox.linux.FileStatus;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.linux.SystemCallException;
import java.io.IOException;

/// Removes a file, or a directory with all that is in it, while programs of the sandbox may change it.
///
/// What something is mounted on is left alone: the kernel would let the replica, which has other mounts than the sandbox,
/// remove it from under the mount.
final class TreeRemover {

    private static final int CHUNK = 1_000;
    private static final int ATTEMPTS = 16;

    private final FileBounds bounds;
    private final GuestPath top;

    TreeRemover(FileBounds bounds, GuestPath top) {
        this.bounds = bounds;
        this.top = top;
    }

    /// Removes what is at the top, if it is there.
    void remove(SandboxRoot root) throws IOException {
        try (var parent = root.directory(top.parent())) {
            remove(parent, top.name());
        } catch (SystemCallException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
                throw e;
            }
        }
    }

    /// Removes what has a name in a directory; what is not there counts as removed.
    void remove(Directory parent, String name) throws IOException {
        KernelFileSystem.refuse(parent.descriptor(), top);
        remove(parent, name, 1);
    }

    private void remove(Directory parent, String name, int level) throws IOException {
        if (level > bounds.nesting()) {
            throw Failures.tooMany("directories within directories", bounds.nesting(), top);
        }
        for (int attempt = 1;; attempt++) {
            try {
                removeOnce(parent, name, level);
                return;
            } catch (SystemCallException e) {
                switch (e.errno()) {
                    case ENOENT -> {
                        return;
                    }
                    case EISDIR, ENOTDIR, ENOTEMPTY -> {
                        // it became something else, or was filled again
                        if (attempt == ATTEMPTS) {
                            throw e;
                        }
                    }
                    default -> throw e;
                }
            }
        }
    }

    private void removeOnce(Directory parent, String name, int level) throws IOException {
        FileStatus status = parent.status(name);
        if (status.mountPoint()) {
            throw Failures.mountPoint(top);
        }
        if (!status.isDirectory()) {
            parent.unlink(name);
            return;
        }
        try {
            parent.removeDirectory(name);
        } catch (SystemCallException e) {
            if (e.errno() != Errno.ENOTEMPTY) {
                throw e;
            }
            try (var directory = new Directory(parent.open(name, 0, OpenFlag.PATH, OpenFlag.DIRECTORY))) {
                KernelFileSystem.refuse(directory.descriptor(), top);
                empty(directory, level);
            }
            parent.removeDirectory(name);
        }
    }

    private void empty(Directory directory, int level) throws IOException {
        for (var names = directory.names(CHUNK); !names.isEmpty(); names = directory.names(CHUNK)) {
            for (Name name : names) {
                remove(directory, name.text(), level + 1);
            }
        }
    }
}
