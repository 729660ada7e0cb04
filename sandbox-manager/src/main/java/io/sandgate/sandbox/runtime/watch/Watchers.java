package io.sandgate.sandbox.runtime.watch;

import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.SandboxFiles.Watch;
import io.sandgate.sandbox.runtime.SandboxFiles.WatchListener;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// All watches of a replica. Each sandbox that watches anything has a lane with a queue of its own, so that what happens in
/// it ends no watches of others. A user may have few queues (`fs.inotify.max_user_instances`, mostly 128): where there are
/// no more, sandboxes share the lanes. Thread-safe.
public final class Watchers {

    private static final int MOST_LANES = 16;

    private final WatchBudget budget;
    private final AtomicLong overflows = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final List<WatchLane> lanes;
    /// By sandbox, which is known by its budget.
    private final Map<WatchBudget, Seat> seats = new HashMap<>();

    /// The place of a sandbox in a lane, while it has watches.
    private static final class Seat {
        private final WatchLane lane;
        private int watches;

        Seat(WatchLane lane) {
            this.lane = lane;
        }
    }

    /// @param limit directories that may be watched at once
    public Watchers(int limit) {
        this(limit, MOST_LANES);
    }

    /// @param laneCount sandboxes that have a lane to themselves
    public Watchers(int limit, int laneCount) {
        this.budget = new WatchBudget(limit, "directories that this replica may watch");
        this.lanes = Stream.generate(() -> new WatchLane(budget, overflows)).limit(laneCount).toList();
    }

    /// Watches a directory.
    ///
    /// @param sandbox the budget of the sandbox
    /// @throws GuestException RESOURCE_EXHAUSTED
    public Watch watch(DirectoryOpener opener, boolean recursive, WatchBudget sandbox, WatchListener listener)
            throws IOException {
        WatchLane lane = enter(sandbox);
        var tree = new WatchedTree(lane, opener, recursive, sandbox, listener, () -> leave(sandbox));
        boolean done = false;
        try {
            new TreeGrowth(lane, tree, false).begin();
            done = true;
            return tree;
        } finally {
            if (!done) {
                tree.close();
            }
        }
    }

    /// How many directories are watched.
    public int directories() {
        return budget.used();
    }

    /// How often more happened than a queue held.
    public long overflows() {
        return overflows.get();
    }

    private WatchLane enter(WatchBudget sandbox) throws IOException {
        lock.lock();
        try {
            Seat seat = seats.get(sandbox);
            if (seat == null) {
                seat = new Seat(emptiest());
                seats.put(sandbox, seat);
            }
            seat.watches++;
            return seat.lane;
        } finally {
            lock.unlock();
        }
    }

    private WatchLane emptiest() throws IOException {
        Map<WatchLane, Integer> taken = new HashMap<>();
        seats.values().forEach(seat -> taken.merge(seat.lane, 1, Integer::sum));
        for (WatchLane lane : lanes.stream()
                .sorted(Comparator.comparingInt(each -> taken.getOrDefault(each, 0))).toList()) {
            if (lane.open()) {
                return lane;
            }
        }
        throw WatchLane.noQueue();
    }

    private void leave(WatchBudget sandbox) {
        lock.lock();
        try {
            Seat seat = seats.get(sandbox);
            if (seat != null && --seat.watches == 0) {
                seats.remove(sandbox);
            }
        } finally {
            lock.unlock();
        }
    }
}
