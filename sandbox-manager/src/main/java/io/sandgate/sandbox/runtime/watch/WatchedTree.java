package io.sandgate.sandbox.runtime.watch;

import io.sandgate.sandbox.runtime.SandboxFiles.Change;
import io.sandgate.sandbox.runtime.SandboxFiles.Watch;
import io.sandgate.sandbox.runtime.SandboxFiles.WatchListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One watch: a directory, those below it if they are wanted, and who hears of them.
final class WatchedTree implements Watch {

    private static final Logger log = LoggerFactory.getLogger(WatchedTree.class);

    private static final char AFTER_SLASH = '/' + 1;

    private final WatchLane lane;
    private final DirectoryOpener opener;
    private final boolean recursive;
    private final WatchBudget budget;
    private final WatchListener listener;
    private final Runnable over;
    /// By path; guarded by the lock of [WatchLane].
    private final NavigableMap<String, Spot> spots = new TreeMap<>();
    private volatile boolean closed;

    /// @param over told when it ends
    WatchedTree(WatchLane lane, DirectoryOpener opener, boolean recursive, WatchBudget budget,
            WatchListener listener, Runnable over) {
        this.lane = lane;
        this.opener = opener;
        this.recursive = recursive;
        this.budget = budget;
        this.listener = listener;
        this.over = over;
    }

    DirectoryOpener opener() {
        return opener;
    }

    boolean isRecursive() {
        return recursive;
    }

    WatchBudget budget() {
        return budget;
    }

    Map<String, Spot> spots() {
        return spots;
    }

    /// The spots at a path and below it.
    List<Spot> spotsWithin(String path) {
        var within = new ArrayList<>(spots.subMap(path + "/", path + AFTER_SLASH).values());
        Spot self = spots.get(path);
        if (self != null) {
            within.add(self);
        }
        return within;
    }

    boolean isClosed() {
        return closed;
    }

    /// Tells of a change. For the thread that reads the queue, which holds no lock.
    void tell(Change change, String path) {
        if (closed) {
            return;
        }
        try {
            listener.changed(change, path);
        } catch (RuntimeException e) {
            log.error("watch.listener-failed change={}", change, e);
            end("the listener failed");
        }
    }

    /// Ends it and says why. For the same thread.
    void end(String reason) {
        if (lane.close(this)) {
            over.run();
            try {
                listener.ended(reason);
            } catch (RuntimeException e) {
                log.error("watch.listener-failed reason=\"{}\"", reason, e);
            }
        }
    }

    /// Marks that it is over; with the lock held.
    ///
    /// @return whether it was open
    boolean markClosed() {
        boolean first = !closed;
        closed = true;
        return first;
    }

    @Override
    public void close() {
        if (lane.close(this)) {
            over.run();
        }
    }
}
