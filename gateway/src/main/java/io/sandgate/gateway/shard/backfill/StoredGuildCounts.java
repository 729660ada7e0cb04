package io.sandgate.gateway.shard.backfill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts in memory, 24 to 48 bytes for a guild, with a file in the data directory that has them as they were when they were
/// last saved.
///
/// All methods may be called from any thread; [#save] writes to the disk and belongs on a worker. The counts lie in parts with
/// a lock each, and a save copies one part at a time, so that nobody waits for longer than such a copy takes.
public final class StoredGuildCounts implements GuildCounts {
    private static final Logger log = LoggerFactory.getLogger(StoredGuildCounts.class);
    private static final int PARTS = 64;

    private final CountFile file;
    private final int bound;
    private final List<CountTable> parts = Stream.generate(CountTable::new).limit(PARTS).toList();
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicBoolean changed = new AtomicBoolean();
    private final AtomicBoolean full = new AtomicBoolean();
    private final ReentrantLock saving = new ReentrantLock();

    private StoredGuildCounts(CountFile file, int bound) {
        this.file = file;
        this.bound = bound;
    }

    /// Reads what was saved; when there is nothing, or nothing good, all counts begin cold.
    ///
    /// @param dataDirectory exists, and is used by no other replica
    /// @param bound most guilds with a count; the others have none
    public static StoredGuildCounts open(Path dataDirectory, int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("guilds with a count: " + bound + " (expected: 1 or more)");
        }
        CountFile file = new CountFile(dataDirectory);
        StoredGuildCounts counts = new StoredGuildCounts(file, bound);
        file.load(counts::put);
        counts.changed.set(false);
        return counts;
    }

    /// Writes all counts to the disk, if any has changed since the last time.
    ///
    /// @throws UncheckedIOException when they cannot be written; what was saved before is still there
    public void save() {
        saving.lock();
        try {
            if (!changed.getAndSet(false)) {
                return;
            }
            file.save(parts.stream().map(StoredGuildCounts::copy).toList());
        } catch (IOException e) {
            changed.set(true);
            throw new UncheckedIOException(e);
        } finally {
            saving.unlock();
        }
    }

    @Override
    public OptionalLong known(long guild) {
        CountTable part = part(guild);
        synchronized (part) {
            int count = part.get(guild);
            return count == CountTable.NONE ? OptionalLong.empty() : OptionalLong.of(count);
        }
    }

    @Override
    public void learned(long guild, long count) {
        put(guild, Math.clamp(count, 0, Integer.MAX_VALUE));
    }

    @Override
    public void changed(long guild, long delta) {
        CountTable part = part(guild);
        synchronized (part) {
            int count = part.get(guild);
            if (count != CountTable.NONE) {
                part.put(guild, Math.clamp(count + delta, 0, Integer.MAX_VALUE));
                changed.set(true);
            }
        }
    }

    @Override
    public void gone(long guild) {
        CountTable part = part(guild);
        synchronized (part) {
            if (part.remove(guild)) {
                size.decrementAndGet();
                changed.set(true);
            }
        }
    }

    @Override
    public void each(LongConsumer guild) {
        for (CountTable part : parts) {
            copy(part).each((known, _) -> guild.accept(known));
        }
    }

    private void put(long guild, int count) {
        if (guild <= 0 || count < 0) {
            throw new IllegalArgumentException(
                    "guild " + guild + ", count " + count + " (expected: a guild above 0, no negative count)");
        }
        CountTable part = part(guild);
        synchronized (part) {
            boolean isNew = part.get(guild) == CountTable.NONE;
            if (isNew && size.get() >= bound) {
                if (full.compareAndSet(false, true)) {
                    log.warn("backfill.counts_full guilds={} (the others are asked for each time they are seen)",
                            bound);
                }
                return;
            }
            part.put(guild, count);
            if (isNew) {
                size.incrementAndGet();
            }
            changed.set(true);
        }
    }

    /// By bits that do not place a guild within its part.
    private CountTable part(long guild) {
        return parts.get((int) (CountTable.mix(guild) >>> 32) & (PARTS - 1));
    }

    private static CountTable copy(CountTable part) {
        synchronized (part) {
            return part.copy();
        }
    }
}
