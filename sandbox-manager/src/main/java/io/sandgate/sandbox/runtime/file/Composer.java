package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.Directory;
import io.sandgate.sandbox.linux.Errno;
import io.sandgate.sandbox.linux.FileStatus;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.linux.SystemCallException;
import io.sandgate.sandbox.runtime.Account;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// Puts files together into one, which appears when it is complete, and removes them then.
final class Composer {

    private final SandboxRoot root;
    private final FileBounds bounds;
    private final DirectoryMaker directories;
    private final Ownership ownership;
    private final FileContent content = new FileContent();

    Composer(SandboxRoot root, FileBounds bounds, Account account) {
        this.root = root;
        this.bounds = bounds;
        this.directories = new DirectoryMaker(root, account);
        this.ownership = new Ownership(account);
    }

    void compose(List<GuestPath> sources, GuestPath destination, Map<String, String> metadata) throws IOException {
        for (GuestPath source : sources) {
            openSource(source).close();
        }
        try (var parent = directories.ensure(destination.parent())) {
            checkDestination(parent, destination);
            new Staging(bounds, destination).put(parent, name -> {
                try (var target = parent.open(name, FileOpener.PERMISSIONS, OpenFlag.WRONLY, OpenFlag.CREAT,
                        OpenFlag.EXCL)) {
                    for (GuestPath source : sources) {
                        try (var in = openSource(source)) {
                            content.append(in, target);
                        }
                    }
                    Metadata.replace(target, metadata);
                    ownership.give(target, FileOpener.PERMISSIONS);
                }
            });
            FileStatus composed = parent.status(destination.name());
            for (GuestPath source : sources) {
                remove(source, composed);
            }
        }
    }

    /// Opens a source, once it is known to be a regular file.
    private Descriptor openSource(GuestPath source) throws IOException {
        try (var file = root.find(source)) {
            if (!file.status().isRegular()) {
                throw Failures.notA("regular file", source);
            }
            KernelFileSystem.refuse(file, source);
            return Descriptor.open(file.path(), 0, OpenFlag.RDONLY, OpenFlag.NONBLOCK);
        } catch (SystemCallException e) {
            throw Failures.explain(e, source);
        }
    }

    /// Removes a source, unless what was composed has taken its place.
    private void remove(GuestPath source, FileStatus composed) throws IOException {
        try (var parent = root.directory(source.parent())) {
            FileStatus status = parent.status(source.name());
            if (!status.isSame(composed) && !status.isDirectory()) {
                new TreeRemover(bounds, source).remove(parent, source.name());
            }
        } catch (SystemCallException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
                throw Failures.explain(e, source);
            }
        }
    }

    private static void checkDestination(Directory parent, GuestPath path) throws IOException {
        try {
            FileStatus status = parent.status(path.name());
            if (status.isDirectory()) {
                throw Failures.notA("regular file", path);
            }
            if (status.mountPoint()) {
                throw Failures.mountPoint(path);
            }
        } catch (SystemCallException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }
}
