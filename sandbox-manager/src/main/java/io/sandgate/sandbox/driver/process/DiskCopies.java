package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.DriverException.Reason;
import io.sandgate.sandbox.isolation.Disks;
import io.sandgate.sandbox.linux.FileTree;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The folder `snapshots` of a data directory, which holds a copy of a sandbox' disk for each snapshot.
final class DiskCopies {

    private static final Logger log = LoggerFactory.getLogger(DiskCopies.class);

    private final Path path;
    private final Disks disks;

    DiskCopies(Path data, Disks disks) {
        this.path = data.resolve("snapshots");
        this.disks = disks;
    }

    /// Removes all copies but some.
    void retain(Set<String> snapshots) {
        if (Files.notExists(path)) {
            return;
        }
        try (DirectoryStream<Path> copies = Files.newDirectoryStream(path,
                copy -> !snapshots.contains(path.relativize(copy).toString()))) {
            for (Path copy : copies) {
                FileTree.delete(copy);
                log.info("snapshot.orphan-removed id={}", path.relativize(copy));
            }
        } catch (IOException e) {
            log.warn("snapshot.orphans-not-removed reason={}", e.toString());
        }
    }

    /// Copies the disk of a sandbox whose processes do not run.
    ///
    /// @return the bytes that the copy takes
    long take(String snapshot, SandboxFolder from) {
        Path to = path.resolve(snapshot);
        if (!disks.holds(from.path())) {
            throw new DriverException(Reason.FAILED,
                    "its disk is gone, or was made where sandboxes were isolated otherwise (sandgate.sandbox.isolation)");
        }
        try {
            Files.createDirectories(path,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.createDirectory(to);
            disks.copy(from.path(), to);
            return disks.bytes(to);
        } catch (IOException e) {
            delete(snapshot);
            throw new DriverException(Room.reason(e, path, Reason.FAILED),
                    "its disk could not be copied: " + e.getMessage(), e);
        }
    }

    /// Gives a new sandbox a copy of a copy.
    void give(String snapshot, SandboxFolder to) throws IOException {
        Path from = path.resolve(snapshot);
        if (!disks.holds(from)) {
            throw new IOException("snapshot " + snapshot + " is gone, or was made where sandboxes were isolated"
                    + " otherwise (sandgate.sandbox.isolation)");
        }
        disks.copy(from, to.path());
    }

    /// Deletes a copy.
    void delete(String snapshot) {
        try {
            FileTree.delete(path.resolve(snapshot));
        } catch (IOException e) {
            throw new DriverException(Reason.FAILED, "snapshot " + snapshot + " could not be removed: " + e, e);
        }
    }
}
