package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.driver.Template;
import io.sandgate.sandbox.isolation.ControlGroups;
import io.sandgate.sandbox.isolation.ControlGroups.Used;
import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import io.sandgate.sandbox.runtime.Usage;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one sandbox uses: from its control groups, and the sizes of its files. Where there are no control groups, memory
/// and processor show as unused.
final class UsageMeter {

    private static final Logger log = LoggerFactory.getLogger(UsageMeter.class);

    private static final long MIB = 1 << 20;
    private static final int MOST_FILES = 200_000;
    private static final int REST = 50;

    private final Optional<ControlGroups> groups;
    private final String id;
    private final Template template;
    private final Disk disk;
    private final InstantSource clock;
    private Instant before;
    private long cpuNanos;
    private long diskBytes;
    private Instant diskAgain = Instant.MIN;

    UsageMeter(Optional<ControlGroups> groups, String id, Template template, Disk disk, InstantSource clock) {
        this.groups = groups;
        this.id = id;
        this.template = template;
        this.disk = disk;
        this.clock = clock;
        this.before = clock.instant();
        restart();
    }

    /// Measures the processors from now on.
    synchronized void restart() {
        try {
            cpuNanos = used().cpuNanos();
            before = clock.instant();
        } catch (IOException e) {
            log.debug("usage.unreadable id={} reason={}", id, e.toString());
        }
    }

    private Used used() throws IOException {
        return groups.isPresent() ? groups.get().used(id) : new Used(0, 0, 0);
    }

    synchronized Usage get() {
        try {
            Used used = used();
            Instant now = clock.instant();
            long nanos = Math.max(1, Duration.between(before, now).toNanos());
            double share = Math.clamp(100.0 * (used.cpuNanos() - cpuNanos) / nanos, 0, 100.0 * template.cpuCount());
            before = now;
            cpuNanos = used.cpuNanos();
            return new Usage(now, template.cpuCount(), share, template.memoryMb() * MIB,
                    used.memoryBytes(), used.cacheBytes(), template.diskSizeMb() * MIB, disk(now));
        } catch (IOException e) {
            throw new GuestException(Code.UNAVAILABLE, "the usage of the sandbox cannot be read: " + e.getMessage(),
                    e);
        }
    }

    /// Walking over many files takes long, and is done the more seldom the longer it takes.
    private long disk(Instant now) throws IOException {
        if (!now.isBefore(diskAgain)) {
            diskBytes = disk.used();
            diskAgain = clock.instant().plus(Duration.between(now, clock.instant()).multipliedBy(REST));
        }
        return diskBytes;
    }

    /// How much of a disk is used.
    @FunctionalInterface
    interface Disk {
        long used() throws IOException;

        /// One with a file system of its own.
        static Disk mounted(Opening directory) {
            return () -> {
                try (Descriptor opened = directory.open()) {
                    return opened.usedSpace();
                }
            };
        }

        /// One that shares its file system.
        static Disk counted(Path directory) {
            return () -> size(directory);
        }
    }

    /// Opens a directory.
    @FunctionalInterface
    interface Opening {
        Descriptor open() throws IOException;
    }

    private static long size(Path directory) throws IOException {
        AtomicLong bytes = new AtomicLong();
        AtomicLong files = new AtomicLong();
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                bytes.addAndGet(attributes.size());
                return files.incrementAndGet() < MOST_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }
        });
        return bytes.get();
    }
}
