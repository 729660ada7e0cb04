package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Directory;
import io.sandgate.sandbox.linux.Errno;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.linux.SystemCallException;
import io.sandgate.sandbox.runtime.Account;
import java.io.IOException;

/// Makes directories for a user.
final class DirectoryMaker {

    private static final int UNTIL_GIVEN = 0700;
    private static final int PERMISSIONS = 0755;

    private final SandboxRoot root;
    private final Ownership ownership;

    DirectoryMaker(SandboxRoot root, Account account) {
        this.root = root;
        this.ownership = new Ownership(account);
    }

    /// Finds a directory to work in, and makes it and those above it where they are missing.
    Directory ensure(GuestPath path) throws IOException {
        try {
            return writable(root.directory(path), path);
        } catch (SystemCallException e) {
            if (e.errno() == Errno.ENOTDIR) {
                throw Failures.notA("directory", path);
            }
            if (e.errno() != Errno.ENOENT || path.isRoot()) {
                throw e;
            }
        }
        try (var parent = ensure(path.parent())) {
            return make(parent, path);
        }
    }

    /// Makes one directory, or finds the one that somebody else made meanwhile.
    private Directory make(Directory parent, GuestPath path) throws IOException {
        boolean made = true;
        try {
            parent.makeDirectory(path.name(), UNTIL_GIVEN);
        } catch (SystemCallException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            made = false;
        }
        Directory directory;
        try {
            directory = new Directory(parent.open(path.name(), 0, OpenFlag.PATH, OpenFlag.DIRECTORY));
        } catch (SystemCallException e) {
            if (e.errno() == Errno.ENOTDIR) {
                throw Failures.notA("directory", path);
            }
            throw e;
        }
        if (made) {
            try {
                ownership.give(directory.descriptor(), PERMISSIONS);
            } catch (IOException e) {
                directory.close();
                throw e;
            }
        }
        return writable(directory, path);
    }

    private static Directory writable(Directory directory, GuestPath path) throws IOException {
        try {
            KernelFileSystem.refuse(directory.descriptor(), path);
            return directory;
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }
}
