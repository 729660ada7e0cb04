package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Directory;
import io.sandgate.sandbox.linux.Errno;
import io.sandgate.sandbox.linux.SystemCallException;
import java.io.IOException;

/// Moves a file or directory within a sandbox, also to another of its file systems.
final class Mover {

    private final SandboxRoot root;
    private final FileBounds bounds;
    private final DirectoryMaker directories;

    Mover(SandboxRoot root, FileBounds bounds, DirectoryMaker directories) {
        this.root = root;
        this.bounds = bounds;
        this.directories = directories;
    }

    void move(GuestPath source, GuestPath destination) throws IOException {
        try (var from = root.directory(source.parent())) {
            KernelFileSystem.refuse(from.descriptor(), source);
            // as the remover does: another mount is not seen from here, and would not be in the way
            if (from.status(source.name()).mountPoint()) {
                throw Failures.mountPoint(source);
            }
            try (var to = directories.ensure(destination.parent())) {
                refuseMountPoint(to, destination);
                rename(from, source, to, destination);
            } catch (IOException e) {
                throw Failures.explain(e, destination);
            }
        }
    }

    private void rename(Directory from, GuestPath source, Directory to, GuestPath destination) throws IOException {
        try {
            from.rename(source.name(), to, destination.name());
        } catch (SystemCallException e) {
            if (e.errno() == Errno.ENOENT) {
                throw Failures.explain(e, source);
            }
            if (e.errno() != Errno.EXDEV) {
                throw e;
            }
            var copier = new TreeCopier(bounds, source);
            new Staging(bounds, destination).put(to, name -> copier.copy(from, source.name(), to, name));
            new TreeRemover(bounds, source).remove(from, source.name());
        }
    }

    private static void refuseMountPoint(Directory parent, GuestPath path) throws IOException {
        try {
            if (parent.status(path.name()).mountPoint()) {
                throw Failures.mountPoint(path);
            }
        } catch (SystemCallException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }
}
