package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.Errno;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.linux.SystemCallException;
import io.sandgate.sandbox.runtime.Account;
import java.io.IOException;

/// Opens regular files to be written, for a user.
///
/// Implementation note: opens never wait (NONBLOCK), here and wherever a file of a sandbox is opened: a program may hold a
/// lease on its file, for which an open would wait most of a minute, on a thread that others need.
final class FileOpener {

    static final int PERMISSIONS = 0644;

    private final SandboxRoot root;
    private final DirectoryMaker directories;
    private final Ownership ownership;

    FileOpener(SandboxRoot root, Account account) {
        this.root = root;
        this.directories = new DirectoryMaker(root, account);
        this.ownership = new Ownership(account);
    }

    /// Opens a file anew: one that is there is emptied, one that is missing is made, as the directories above it are. A
    /// link is followed.
    Descriptor open(GuestPath path) throws IOException {
        try {
            return existing(path);
        } catch (SystemCallException e) {
            if (e.errno() == Errno.ENOTDIR) {
                throw Failures.notA("path below a directory", path);
            }
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
        directories.ensure(path.parent()).close();
        // NONBLOCK, since by now a pipe may be there
        var file = root.open(path, PERMISSIONS, OpenFlag.WRONLY, OpenFlag.CREAT, OpenFlag.TRUNC, OpenFlag.NONBLOCK,
                OpenFlag.NOCTTY);
        try {
            checkRegular(file, path);
            ownership.give(file, PERMISSIONS);
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /// Empties what a path leads to, which is not opened before it is known to be a regular file.
    private Descriptor existing(GuestPath path) throws IOException {
        try (var file = root.find(path)) {
            checkRegular(file, path);
            return Descriptor.open(file.path(), 0, OpenFlag.WRONLY, OpenFlag.TRUNC, OpenFlag.NONBLOCK);
        }
    }

    private static void checkRegular(Descriptor file, GuestPath path) throws IOException {
        if (!file.status().isRegular()) {
            throw Failures.notA("regular file", path);
        }
        KernelFileSystem.refuse(file, path);
    }
}
