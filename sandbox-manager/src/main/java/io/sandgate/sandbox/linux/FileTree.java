package io.sandgate.sandbox.linux;

import io.sandgate.sandbox.linux.Directory.Name;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Whole directories of this machine that nobody else changes any more, as programs of a sandbox have left them.
///
/// Implementation note: they may be nested deeper than any path is long or than this process may open files, and closed to
/// this user. So a directory within is moved up to the top, opened to its owner, before what is in it is looked at: two
/// are open at a time, however deep they were.
public final class FileTree {

    private static final int CHUNK = 1_000;
    private static final int OPEN_TO_OWNER = 0700;

    private final Directory top;
    private long moved;

    private FileTree(Directory top) {
        this.top = top;
    }

    /// Removes what is at a path with all that is in it, without following links. What is not there counts as removed.
    public static void delete(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IOException("the root cannot be removed");
        }
        try (var above = new Directory(Descriptor.open(parent.toString(), 0, OpenFlag.PATH, OpenFlag.DIRECTORY))) {
            String name = path.getFileName().toString();
            if (!above.status(name).isDirectory()) {
                above.unlink(name);
                return;
            }
            try (var top = enter(above, name)) {
                new FileTree(top).empty();
            }
            above.removeDirectory(name);
        } catch (SystemCallException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }

    private void empty() throws IOException {
        for (List<Name> names = top.names(CHUNK); !names.isEmpty(); names = top.names(CHUNK)) {
            for (Name name : names) {
                if (isDirectory(top, name)) {
                    try (var directory = enter(top, name.text())) {
                        flatten(directory);
                    }
                    top.removeDirectory(name.text());
                } else {
                    top.unlink(name.text());
                }
            }
        }
    }

    /// Removes the files of a directory, and moves the directories in it to the top.
    private void flatten(Directory directory) throws IOException {
        for (List<Name> names = directory.names(CHUNK); !names.isEmpty(); names = directory.names(CHUNK)) {
            for (Name name : names) {
                if (isDirectory(directory, name)) {
                    enter(directory, name.text()).close();
                    moveUp(directory, name.text());
                } else {
                    directory.unlink(name.text());
                }
            }
        }
    }

    private void moveUp(Directory directory, String name) throws IOException {
        while (true) {
            moved++;
            try {
                directory.rename(name, top, ".moved-" + moved);
                return;
            } catch (SystemCallException e) {
                // something in the top has that name
                if (e.errno() != Errno.ENOTEMPTY && e.errno() != Errno.EEXIST && e.errno() != Errno.ENOTDIR) {
                    throw e;
                }
            }
        }
    }

    private static boolean isDirectory(Directory parent, Name name) throws IOException {
        return name.mayBeDirectory() && parent.status(name.text()).isDirectory();
    }

    private static Directory enter(Directory parent, String name) throws IOException {
        var directory = new Directory(parent.open(name, 0, OpenFlag.PATH, OpenFlag.DIRECTORY));
        try {
            directory.descriptor().changeMode(OPEN_TO_OWNER);
            return directory;
        } catch (IOException e) {
            directory.close();
            throw e;
        }
    }
}
