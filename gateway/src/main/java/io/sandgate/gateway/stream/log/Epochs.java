package io.sandgate.gateway.stream.log;

import io.sandgate.gateway.stream.log.LogDirectory.Resumed;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How an epoch begins and ends: on disk where there is one that works, else in memory only. For one thread; blocks.
final class Epochs {
    private static final Logger log = LoggerFactory.getLogger(Epochs.class);
    private static final int BYTES = 12;

    private final @Nullable LogDirectory directory;
    private final EventLogSettings settings;
    private final RandomGenerator random;
    private final LogMetrics metrics;

    /// @param directory null for a log that is in memory only
    Epochs(@Nullable LogDirectory directory, EventLogSettings settings, RandomGenerator random, LogMetrics metrics) {
        this.directory = directory;
        this.settings = settings;
        this.random = random;
        this.metrics = metrics;
    }

    /// What a log starts with.
    ///
    /// @param life the epoch
    /// @param before what its entries came to
    record Start(Life life, Checkpoint before) {}

    /// The epoch of an earlier run if nothing of it is missing, else another one.
    Start first() {
        Optional<Resumed> resumed = directory == null ? Optional.empty() : directory.resume();
        if (resumed.isEmpty()) {
            return new Start(begin(Checkpoint.EMPTY), Checkpoint.EMPTY);
        }
        Checkpoint checkpoint = resumed.get().recovered().checkpoint();
        Life life = new Life(resumed.get().epoch(), new MemoryTier(checkpoint.tip(), settings.memoryBytes()),
                resumed.get().recovered().disk());
        log.info("events.resumed epoch={} floor={} tip={} subjects={}", life.epoch(), life.extent().floor(),
                checkpoint.tip(), checkpoint.state().size());
        return new Start(life, checkpoint);
    }

    /// Another epoch, on disk if that works.
    ///
    /// @param before what the epochs before came to
    Life begin(Checkpoint before) {
        String epoch = name();
        DiskTier disk = null;
        if (directory != null) {
            try {
                disk = directory.begin(epoch, new Checkpoint(0, before.state(), before.heard()));
                metrics.diskFailed(false);
            } catch (IOException e) {
                failed(e);
            }
        }
        log.info("events.epoch epoch={} disk={}", epoch, disk != null);
        return new Life(epoch, new MemoryTier(0, settings.memoryBytes()), disk);
    }

    /// Another epoch, in memory only: the disk failed.
    Life without(IOException cause) {
        failed(cause);
        String epoch = name();
        log.info("events.epoch epoch={} disk=false", epoch);
        return new Life(epoch, new MemoryTier(0, settings.memoryBytes()), null);
    }

    private void failed(IOException cause) {
        metrics.diskFailed(true);
        log.error(
                "events.disk_failed error=\"{}\" (the event log goes on in memory only, until its next epoch or start)",
                cause.toString());
        if (directory != null) {
            directory.forget();
        }
    }

    /// Makes the epoch one that a later start goes on with, whatever happens to the machine.
    void close(Life life, Checkpoint checkpoint) {
        DiskTier disk = life.disk();
        if (directory == null || disk == null) {
            return;
        }
        try {
            disk.force(checkpoint);
            disk.close();
            directory.closed(life.epoch(), checkpoint.tip());
        } catch (IOException e) {
            log.error("events.close_failed epoch={} error=\"{}\" (its entries outlive this process, not the machine)",
                    life.epoch(), e.toString());
        }
    }

    private String name() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
