package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.runtime.Account;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
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
        Commands.run("", "cp", "--archive", "--reflink=auto", "--one-file-system", "--",
                from.resolve(NAME).toString(), to.resolve(NAME).toString());
        DiskOwners.copy(from, to);
    }

    @Override
    public boolean holds(Path folder) {
        return Files.isDirectory(folder.resolve(NAME).resolve("home"));
    }

    @Override
    public long bytes(Path folder) throws IOException {
        AtomicLong bytes = new AtomicLong();
        Files.walkFileTree(folder.resolve(NAME), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                bytes.addAndGet(attributes.size());
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }
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
