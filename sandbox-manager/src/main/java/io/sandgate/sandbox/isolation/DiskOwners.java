package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.linux.Directory;
import io.sandgate.sandbox.linux.TreeWalk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// To whom the files of a disk belong: to the users of the sandbox that had it last, and to others' once it is given to one.
///
/// A file beside the disk holds the first number of those users; without it, they are numbered from zero.
final class DiskOwners {

    private static final String FILE = "users";
    /// Is no number of a user: changes nothing.
    private static final int KEPT = -1;

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
            TreeWalk.through(root.resolve(top.substring(1)), (parent, name, status) -> {
                // what is shown to the sandbox there is not its own
                boolean own = name.equals(".") || !status.mountPoint();
                if (own) {
                    give(parent, name, number(status.user(), before, users), number(status.group(), before, users));
                }
                return own;
            });
        }
        Files.writeString(file, Integer.toString(users.first()));
    }

    private static void give(Directory parent, String name, int user, int group) throws IOException {
        if (user != KEPT || group != KEPT) {
            parent.changeOwner(name, user, group);
        }
    }

    /// The number of the same user of the other sandbox.
    private static int number(int held, int before, UserRange users) {
        int within = held - before;
        return within >= 0 && within < UserRange.SIZE ? users.first() + within : KEPT;
    }
}
