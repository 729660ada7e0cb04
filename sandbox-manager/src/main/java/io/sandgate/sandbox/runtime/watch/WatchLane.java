package io.sandgate.sandbox.runtime.watch;

import io.sandgate.sandbox.linux.Directory;
import io.sandgate.sandbox.linux.Errno;
import io.sandgate.sandbox.linux.Inotify;
import io.sandgate.sandbox.linux.SystemCallException;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The watches of some sandboxes, mostly of one: a queue of the kernel, and a thread that reads it, both there while anything
/// is watched. When more happens than the queue holds, it does not say where, and all of these watches end. Thread-safe.
///
/// Implementation note: the lock guards what is watched, by number and by tree. It is held while the kernel adds or removes
/// a watch, so that the thread which reads the queue never meets a number that it cannot know yet; that call waits for no
/// device. It is never held while a directory is opened or read, or while a listener is called. A directory that is watched
/// twice has one number, and ends when the last of its spots does. Removing a watch puts an event into the queue, which
/// wakes the thread when it should see that nothing is left to do.
final class WatchLane {

    private static final int MASK = Inotify.MODIFY | Inotify.ATTRIB | Inotify.MOVED_FROM | Inotify.MOVED_TO
            | Inotify.CREATE | Inotify.DELETE | Inotify.DELETE_SELF | Inotify.MOVE_SELF | Inotify.ONLYDIR
            | Inotify.EXCL_UNLINK;

    private final WatchBudget budget;
    private final AtomicLong overflows;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Integer, List<Spot>> spots = new HashMap<>();
    private final Set<WatchedTree> trees = new HashSet<>();
    private @Nullable Inotify queue;
    private boolean reading;

    /// @param budget of the replica
    /// @param overflows counts those of all queues
    WatchLane(WatchBudget budget, AtomicLong overflows) {
        this.budget = budget;
        this.overflows = overflows;
    }

    /// Makes sure that there is a queue.
    ///
    /// @return false when this machine allows no more
    boolean open() throws IOException {
        lock.lock();
        try {
            if (queue == null) {
                queue = Inotify.open();
            }
            return true;
        } catch (SystemCallException e) {
            if (e.errno() == Errno.EMFILE) {
                return false;
            }
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /// Watches one directory of a tree, which may be watched already.
    ///
    /// @return the spot; null when the tree is closed
    @Nullable
    Spot add(WatchedTree tree, String path, Directory directory) throws IOException {
        lock.lock();
        try {
            if (tree.isClosed()) {
                return null;
            }
            if (!open() || queue == null) {
                throw noQueue();
            }
            try {
                Spot spot = add(queue, tree, path, directory);
                trees.add(tree);
                startReading(queue);
                return spot;
            } finally {
                closeIfUnused();
            }
        } finally {
            lock.unlock();
        }
    }

    private Spot add(Inotify queue, WatchedTree tree, String path, Directory directory) throws IOException {
        int watch = watch(queue, directory);
        Spot old = tree.spots().get(path);
        if (old != null && old.watch() == watch) {
            return old;
        }
        if (old != null) {
            drop(old);
        }
        var spot = new Spot(tree, path, watch);
        var sharing = spots.computeIfAbsent(watch, _ -> new ArrayList<>(1));
        sharing.add(spot);
        try {
            tree.budget().take();
            try {
                budget.take();
            } catch (GuestException e) {
                tree.budget().giveBack();
                throw e;
            }
        } catch (GuestException e) {
            unlink(spot, true);
            throw e;
        }
        tree.spots().put(path, spot);
        return spot;
    }

    /// Forgets what a tree watches at a path and below it.
    void forget(WatchedTree tree, String path) {
        lock.lock();
        try {
            tree.spotsWithin(path).forEach(this::drop);
        } finally {
            lock.unlock();
        }
    }

    /// Forgets all that a tree watches.
    ///
    /// @return whether it was open
    boolean close(WatchedTree tree) {
        lock.lock();
        try {
            if (!tree.markClosed()) {
                return false;
            }
            List.copyOf(tree.spots().values()).forEach(this::drop);
            trees.remove(tree);
            closeIfUnused();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void drop(Spot spot) {
        unlink(spot, true);
        released(spot);
    }

    private void released(Spot spot) {
        if (spot.tree().spots().remove(spot.path(), spot)) {
            spot.tree().budget().giveBack();
            budget.giveBack();
        }
    }

    private void unlink(Spot spot, boolean remove) {
        var sharing = spots.get(spot.watch());
        if (sharing == null || !sharing.remove(spot) || !sharing.isEmpty()) {
            return;
        }
        spots.remove(spot.watch());
        if (remove && queue != null) {
            try {
                queue.remove(spot.watch());
            } catch (IOException _) {
                // it ended by itself
            }
        }
    }

    private static int watch(Inotify queue, Directory directory) throws IOException {
        try {
            return queue.add(directory.descriptor(), MASK);
        } catch (SystemCallException e) {
            if (e.errno() == Errno.ENOSPC) {
                throw new GuestException(Code.RESOURCE_EXHAUSTED,
                        "this machine allows no more watches (fs.inotify.max_user_watches)", e);
            }
            throw e;
        }
    }

    static GuestException noQueue() {
        return new GuestException(Code.RESOURCE_EXHAUSTED,
                "this machine allows no more queues of watches (fs.inotify.max_user_instances)");
    }

    private void startReading(Inotify queue) {
        if (!reading) {
            reading = true;
            Thread.ofPlatform().daemon().name("sandgate-watch").start(() -> new QueueReader(this, queue).run());
        }
    }

    /// The spots that an event is about. Those of a watch that ended are forgotten.
    List<Spot> spotsOf(Inotify.Event event) {
        lock.lock();
        try {
            var found = List.copyOf(spots.getOrDefault(event.watch(), List.of()));
            if (event.is(Inotify.IGNORED)) {
                found.forEach(spot -> {
                    unlink(spot, false);
                    released(spot);
                });
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    /// More happened than the queue holds.
    void overflowed() {
        overflows.incrementAndGet();
    }

    /// All trees.
    List<WatchedTree> trees() {
        lock.lock();
        try {
            return List.copyOf(trees);
        } finally {
            lock.unlock();
        }
    }

    /// Whether the thread that reads the queue has nothing left to do; if so, the queue is closed.
    boolean finishReading() {
        lock.lock();
        try {
            if (!trees.isEmpty()) {
                return false;
            }
            reading = false;
            closeIfUnused();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void closeIfUnused() {
        if (!reading && queue != null) {
            queue.close();
            queue = null;
        }
    }
}
