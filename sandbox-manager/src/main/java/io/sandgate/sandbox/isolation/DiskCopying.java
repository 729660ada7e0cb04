package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.driver.SandboxDriver;
import io.sandgate.sandbox.linux.FileTree;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The program that copies disks, and how long it may take.
final class DiskCopying {

    private static final Duration LEAST = Duration.ofSeconds(20);
    /// A quarter of what the slowest volumes of clouds are good for (60 MB/s, Azure's Standard HDD): a copy reads and
    /// writes, and others may use the volume too.
    private static final long BYTES_A_SECOND = 16 << 20;

    private DiskCopying() {}

    /// How long the copy of a disk may take.
    ///
    /// @param bytes what the disk takes of the machine's
    static Duration patience(long bytes) {
        Duration patience = LEAST.plusSeconds(bytes / BYTES_A_SECOND);
        return patience.compareTo(SandboxDriver.LONGEST_COPY) < 0 ? patience : SandboxDriver.LONGEST_COPY;
    }

    /// Copies what lies in a folder to another one.
    ///
    /// @param bytes what it takes
    /// @throws NoSpaceException when there is no room for it; after any failure nothing is left
    static void copy(long bytes, Path from, Path to, String name, String... options) throws IOException {
        List<String> words = new ArrayList<>(List.of("cp"));
        words.addAll(List.of(options));
        words.addAll(List.of("--", from.resolve(name).toString(), to.resolve(name).toString()));
        try {
            Commands.run(patience(bytes), "", words.toArray(String[]::new));
        } catch (IOException e) {
            FileTree.delete(to.resolve(name));
            throw NoSpaceException.of(e, to, bytes);
        }
    }
}
