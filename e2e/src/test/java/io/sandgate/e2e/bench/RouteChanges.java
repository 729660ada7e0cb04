package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.ReplicaProcess;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// Changes one route of a replica a thousand times a second while something else runs, as a peer that pushes what it has.
/// Confined to one thread.
final class RouteChanges {

    private static final int PER_SECOND = 1_000;
    private static final int WARM_UP = 12_000;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final ReplicaProcess replica;
    private final int number;
    private final String address;
    private long done;
    /// The routes' own version is 1.
    private long version = 1;
    private long nanos;

    /// @param number of the route
    /// @param address where it leads, before and after
    RouteChanges(ReplicaProcess replica, int number, String address) {
        this.replica = replica;
        this.number = number;
        this.address = address;
    }

    /// Changes it often enough that the replica's Java has compiled what that takes: otherwise it does so meanwhile.
    RouteChanges warmUp() {
        try (RouteFeeder feeder = RouteFeeder.atPeer(replica)) {
            for (int i = 0; i < WARM_UP; i++) {
                feeder.changeOwn(number, address, ++version, 1);
            }
        }
        return this;
    }

    <T> T during(Callable<T> work) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            CompletableFuture<Void> changing = CompletableFuture.runAsync(() -> change(over), thread);
            T result;
            try {
                result = work.call();
            } finally {
                over.set(true);
            }
            changing.get();
            return result;
        }
    }

    /// Changes a second, over all the time in which it did.
    double perSecond() {
        return 1e9 * done / nanos;
    }

    private void change(AtomicBoolean over) {
        try (RouteFeeder feeder = RouteFeeder.atPeer(replica)) {
            long start = System.nanoTime();
            long before = done;
            while (!over.get()) {
                long due = PER_SECOND * (System.nanoTime() - start) / 1_000_000_000 - (done - before);
                feeder.changeOwn(number, address, version + 1, (int) due);
                version += due;
                done += due;
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            nanos += System.nanoTime() - start;
        }
    }
}
