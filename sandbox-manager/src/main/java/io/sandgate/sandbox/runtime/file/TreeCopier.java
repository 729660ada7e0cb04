package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.Directory;
import io.sandgate.sandbox.linux.Directory.Name;
import io.sandgate.sandbox.linux.EffectiveUser;
import io.sandgate.sandbox.linux.FileStatus;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import java.io.IOException;

/// Copies a file or a directory with all that is in it, with owners, permissions, times and metadata.
final class TreeCopier {

    private static final int UNTIL_DONE = 0700;
    private static final int NAMES = 100_000;

    private final FileBounds bounds;
    private final GuestPath top;
    private final FileContent content = new FileContent();

    TreeCopier(FileBounds bounds, GuestPath top) {
        this.bounds = bounds;
        this.top = top;
    }

    /// Copies what has a name to a name that must be free.
    void copy(Directory from, String name, Directory to, String newName) throws IOException {
        copy(from, name, to, newName, 1);
    }

    private void copy(Directory from, String name, Directory to, String newName, int level) throws IOException {
        try (var source = from.open(name, 0, OpenFlag.PATH)) {
            FileStatus status = source.status();
            if (level > 1 && status.mountPoint()) {
                throw Failures.mountPoint(top);
            }
            if (status.isLink()) {
                copyLink(from, name, to, newName, status);
            } else if (status.isRegular()) {
                copyFile(source, status, to, newName);
            } else if (status.isDirectory()) {
                copyDirectory(from, name, status, to, newName, level);
            } else {
                throw new GuestException(Code.FAILED_PRECONDITION, "path '" + top
                        + "' is or holds a pipe, socket or device, which cannot be moved to another file system");
            }
        }
    }

    private void copyLink(Directory from, String name, Directory to, String newName, FileStatus status)
            throws IOException {
        to.makeLink(newName, from.readLink(name));
        try (var link = to.open(newName, 0, OpenFlag.PATH)) {
            own(link, status);
        }
    }

    private void copyFile(Descriptor source, FileStatus status, Directory to, String newName) throws IOException {
        try (var target = to.open(newName, UNTIL_DONE, OpenFlag.WRONLY, OpenFlag.CREAT, OpenFlag.EXCL);
                var in = Descriptor.open(source.path(), 0, OpenFlag.RDONLY, OpenFlag.NONBLOCK)) {
            content.append(in, target);
            finish(source, target, status);
        }
    }

    private void copyDirectory(Directory from, String name, FileStatus status, Directory to, String newName, int level)
            throws IOException {
        if (level > bounds.nesting()) {
            throw Failures.tooMany("directories within directories", bounds.nesting(), top);
        }
        to.makeDirectory(newName, UNTIL_DONE);
        try (var source = new Directory(from.open(name, 0, OpenFlag.PATH, OpenFlag.DIRECTORY));
                var target = new Directory(to.open(newName, 0, OpenFlag.PATH, OpenFlag.DIRECTORY))) {
            KernelFileSystem.refuse(source.descriptor(), top);
            var names = source.names(NAMES + 1);
            if (names.size() > NAMES) {
                throw Failures.tooMany("files in one directory", NAMES, top);
            }
            for (Name each : names) {
                copy(source, each.text(), target, each.text(), level + 1);
            }
            finish(source.descriptor(), target.descriptor(), status);
        }
    }

    private void finish(Descriptor source, Descriptor target, FileStatus status) throws IOException {
        own(target, status);
        Metadata.replace(target, Metadata.read(source));
        target.changeMode(status.permissions());
        target.changeModified(status.modified());
    }

    /// Gives what was made the owner of what it is a copy of.
    private void own(Descriptor target, FileStatus status) throws IOException {
        FileStatus made = target.status();
        if (made.user() != EffectiveUser.id()) {
            throw new GuestException(Code.UNAVAILABLE, "path '" + top + "' was changed while it was moved: try again");
        }
        if (made.user() != status.user() || made.group() != status.group()) {
            target.changeOwner(status.user(), status.group());
        }
    }
}
