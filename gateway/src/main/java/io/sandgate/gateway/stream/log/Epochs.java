package io.sandgate.gateway.stream.log;

import io.sandgate.gateway.stream.log.LogDirectory.Resumed;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.LongSupplier;
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
    private final @Nullable Forgetting forgetting;

    /// @param directory null for a log that is in memory only
    Epochs(@Nullable LogDirectory directory, EventLogSettings settings, RandomGenerator random, LongSupplier nanoTime,
            LogMetrics metrics) {
        this.directory = directory;
        this.forgetting = directory == null ? null : new Forgetting(directory, nanoTime);
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
            Life life = begin(Checkpoint.EMPTY);
            settle(life);
            return new Start(life, Checkpoint.EMPTY);
        }
        Checkpoint checkpoint = resumed.get().recovered().checkpoint();
        Life life = new Life(resumed.get().epoch(), new MemoryTier(checkpoint.tip(), settings.memoryBytes()),
                resumed.get().recovered().disk());
        log.info("events.resumed epoch={} floor={} tip={} subjects={}", life.epoch(), life.extent().floor(),
                checkpoint.tip(), checkpoint.state().size());
        settle(life);
        return new Start(life, checkpoint);
    }

    /// Another epoch, on disk if that works.
    ///
    /// @param before what the epochs before came to
    Life begin(Checkpoint before) {
        if (directory == null) {
            return life(name(), null);
        }
        try {
            String epoch = name();
            DiskTier disk = directory.begin(epoch, new Checkpoint(0, before.state(), before.heard()));
            metrics.diskFailed(false);
            return life(epoch, disk);
        } catch (IOException e) {
            return without(e);
        }
    }

    /// Another epoch, in memory only: the disk failed.
    Life without(Throwable cause) {
        metrics.diskFailed(true);
        log.error(
                "events.disk_failed error=\"{}\" (the event log goes on in memory only, until its next epoch or start)",
                cause.toString());
        return life(name(), null);
    }

    private Life life(String epoch, @Nullable DiskTier disk) {
        log.info("events.epoch epoch={} disk={}", epoch, disk != null);
        return new Life(epoch, new MemoryTier(0, settings.memoryBytes()), disk);
    }

    /// Lets go of an epoch that nobody is shown any more, before there are entries in the one that follows.
    void end(Life before, Life next) {
        DiskTier disk = before.disk();
        if (disk != null) {
            try {
                disk.close();
            } catch (IOException e) {
                log.warn("events.close_failed epoch={} error=\"{}\"", before.epoch(), e.toString());
            }
        }
        settle(next);
    }

    private void settle(Life now) {
        if (directory == null || forgetting == null) {
            return;
        }
        if (now.disk() == null) {
            forgetting.begin();
        } else {
            forgetting.end();
            directory.keepOnly(now.epoch());
        }
    }

    /// Does what is left to do on the disk while the log is in memory only; to be called before entries are shown.
    void tidy() {
        if (forgetting != null) {
            forgetting.retry();
        }
    }

    /// Makes sure that no later start goes on in the epoch that is on the disk.
    void abandon() {
        if (forgetting != null) {
            forgetting.begin();
        }
    }

    /// Makes the epoch one that a later start goes on with, whatever happens to the machine.
    void close(Life life, Checkpoint checkpoint) {
        DiskTier disk = life.disk();
        if (forgetting != null) {
            forgetting.retryNow();
        }
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
