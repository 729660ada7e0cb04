package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.OpenFlag;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;

/// To whom the files of a disk belong: to the users of the sandbox that had it last, and to others' once it is given to one.
///
/// A file beside the disk holds the first number of those users; without it, they are numbered from zero.
final class DiskOwners {

    private static final String FILE = "users";

    private DiskOwners() {}

    /// Keeps for a copy of a disk whose files it holds.
    static void copy(Path from, Path to) throws IOException {
        if (Files.exists(from.resolve(FILE))) {
            Files.copy(from.resolve(FILE), to.resolve(FILE), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /// Gives all files of a disk to the same users of another sandbox. Nobody may use it yet.
    ///
    /// @param folder of the disk
    /// @param root what leads to the disk's files
    static void give(Path folder, Path root, UserRange users) throws IOException {
        Path file = folder.resolve(FILE);
        int before = Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : 0;
        if (before == users.first()) {
            return;
        }
        for (String top : new String[]{Bubblewrap.HOME, "/root", "/tmp"}) {
            Path first = root.resolve(top.substring(1));
            Files.walkFileTree(first, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                        throws IOException {
                    // what is shown to the sandbox there is not its own
                    return !directory.equals(first) && isMounted(directory)
                            ? FileVisitResult.SKIP_SUBTREE
                            : visitFile(directory, attributes);
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    for (String number : new String[]{"unix:uid", "unix:gid"}) {
                        int held = (int) Files.getAttribute(file, number, LinkOption.NOFOLLOW_LINKS) - before;
                        if (held >= 0 && held < UserRange.SIZE) {
                            Files.setAttribute(file, number, users.first() + held, LinkOption.NOFOLLOW_LINKS);
                        }
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        Files.writeString(file, Integer.toString(users.first()));
    }

    private static boolean isMounted(Path directory) throws IOException {
        try (Descriptor opened = Descriptor.open(directory.toString(), 0, OpenFlag.PATH, OpenFlag.DIRECTORY)) {
            return opened.status().mountPoint();
        }
    }
}
