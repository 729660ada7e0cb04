package io.sandgate.e2e.harness;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A disk of a few mebibytes that holds the data of one replica, and can be filled.
///
/// It is mounted in the mounts of the replica's process alone and is gone with it, so that each start has an empty one.
public final class SmallDisk {

    private static final String MOUNT = "mkdir -p \"$0\" && mount -t tmpfs -o size=8m none \"$0\" && exec \"$@\"";
    private static final int BLOCK = 4096;

    private SmallDisk() {}

    /// The plan of a replica in a network namespace, with such a disk.
    public static ReplicaPlan under(ReplicaPlan plan) {
        return plan.at(plan.host().through("sh", "-c", MOUNT, plan.data().toString()));
    }

    /// Fills what is free.
    public static void fill(ReplicaProcess replica) {
        byte[] block = new byte[BLOCK];
        try (OutputStream out = Files.newOutputStream(filler(replica))) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("No space left")) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// Frees what was filled.
    public static void free(ReplicaProcess replica) {
        try {
            Files.deleteIfExists(filler(replica));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Its path as this process sees it.
    private static Path filler(ReplicaProcess replica) {
        return Path.of("/proc/" + replica.pid() + "/root" + replica.plan().data() + "/filler");
    }
}
