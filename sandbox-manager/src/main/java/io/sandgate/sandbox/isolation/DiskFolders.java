package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.linux.TreeWalk;
import io.sandgate.sandbox.runtime.Account;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// Disks that are plain folders of the machine, without a bound.
final class DiskFolders implements Disks {

    private final boolean users;

    /// @param users whether sandboxes have users of their own
    DiskFolders(boolean users) {
        this.users = users;
    }

    /// Makes the folders of a fresh disk.
    ///
    /// @param users whether its users are numbered from zero; else they are the replica's own
    static void furnish(Path disk, boolean users) throws IOException {
        Files.createDirectory(disk);
        for (String name : new String[]{"home", "root", "tmp"}) {
            Files.createDirectory(disk.resolve(name));
        }
        Files.setPosixFilePermissions(disk.resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
        if (users) {
            Account user = new UserRange(0).find("user");
            Files.setAttribute(disk.resolve("home"), "unix:uid", user.uid());
            Files.setAttribute(disk.resolve("home"), "unix:gid", user.gid());
        }
    }

    @Override
    public void create(Path folder, int sizeMb) throws IOException {
        furnish(folder.resolve(NAME), users);
    }

    @Override
    public void copy(Path from, Path to) throws IOException {
        DiskCopying.copy(bytes(from), from, to, NAME, "--archive", "--reflink=auto",
                "--one-file-system");
        DiskOwners.copy(from, to);
    }

    @Override
    public boolean holds(Path folder) {
        return Files.isDirectory(folder.resolve(NAME).resolve("home"));
    }

    @Override
    public long bytes(Path folder) throws IOException {
        AtomicLong bytes = new AtomicLong();
        TreeWalk.through(folder.resolve(NAME), (_, _, status) -> {
            bytes.addAndGet(status.allocated());
            return true;
        });
        return bytes.get();
    }

    @Override
    public List<String> mounting(Path folder) {
        return List.of();
    }

    @Override
    public boolean bounded() {
        return false;
    }
}
