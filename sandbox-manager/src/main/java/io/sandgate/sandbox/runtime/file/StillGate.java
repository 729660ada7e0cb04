package io.sandgate.sandbox.runtime.file;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Lets many change the files of a sandbox side by side, or one keep them still. Thread-safe.
///
/// Implementation note. A frozen file system lets those who write to it sleep in the kernel, where nothing wakes them but
/// its end, and with them the carriers of their virtual threads. Here they wait before they enter the kernel.
public final class StillGate {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    /// What is done.
    @FunctionalInterface
    public interface Work<T> {
        T run() throws IOException;
    }

    /// Does something that changes files.
    <T> T changing(Work<T> work) throws IOException {
        lock.readLock().lock();
        try {
            return work.run();
        } finally {
            lock.readLock().unlock();
        }
    }

    /// Does something while nobody changes files.
    ///
    /// @throws IOException also when a change takes too long
    <T> T still(Work<T> work) throws IOException {
        try {
            if (!lock.writeLock().tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("its files have been changed for " + PATIENCE.toSeconds() + " s without a pause");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        try {
            return work.run();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
