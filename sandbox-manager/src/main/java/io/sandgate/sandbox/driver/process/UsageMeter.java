package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.driver.Template;
import io.sandgate.sandbox.isolation.ControlGroups;
import io.sandgate.sandbox.isolation.ControlGroups.Used;
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
import java.util.function.Supplier;

/// What one sandbox uses: from its control groups, and the sizes of its files. Where there are no control groups, memory
/// and processor show as unused.
final class UsageMeter implements Supplier<Usage> {

    private static final long MIB = 1 << 20;
    private static final int MOST_FILES = 200_000;

    private final Optional<ControlGroups> groups;
    private final String id;
    private final Template template;
    private final Path home;
    private final InstantSource clock;
    private Instant before;
    private long cpuNanos;

    UsageMeter(Optional<ControlGroups> groups, String id, Template template, Path home, InstantSource clock) {
        this.groups = groups;
        this.id = id;
        this.template = template;
        this.home = home;
        this.clock = clock;
        this.before = clock.instant();
    }

    @Override
    public synchronized Usage get() {
        try {
            Used used = groups.isPresent() ? groups.get().used(id) : new Used(0, 0, 0);
            Instant now = clock.instant();
            long nanos = Math.max(1, Duration.between(before, now).toNanos());
            double share = 100.0 * (used.cpuNanos() - cpuNanos) / nanos;
            before = now;
            cpuNanos = used.cpuNanos();
            return new Usage(now, template.cpuCount(), Math.max(0, share), template.memoryMb() * MIB,
                    used.memoryBytes(), used.cacheBytes(), template.diskSizeMb() * MIB, disk());
        } catch (IOException e) {
            throw new GuestException(Code.UNAVAILABLE, "the usage of the sandbox cannot be read: " + e.getMessage(),
                    e);
        }
    }

    private long disk() throws IOException {
        AtomicLong bytes = new AtomicLong();
        AtomicLong files = new AtomicLong();
        Files.walkFileTree(home, new SimpleFileVisitor<>() {
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
