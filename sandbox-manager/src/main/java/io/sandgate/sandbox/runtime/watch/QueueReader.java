package io.sandgate.sandbox.runtime.watch;

import io.sandgate.sandbox.linux.Inotify;
import io.sandgate.sandbox.linux.Inotify.Event;
import io.sandgate.sandbox.runtime.SandboxFiles.Change;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes changes from the queue and tells the trees that they are about, in the words of fsnotify. One thread runs it.
final class QueueReader {

    private static final Logger log = LoggerFactory.getLogger(QueueReader.class);

    private static final int TOP_LOST = Inotify.DELETE_SELF | Inotify.MOVE_SELF | Inotify.UNMOUNT | Inotify.IGNORED;

    private final WatchLane lane;
    private final Inotify queue;

    QueueReader(WatchLane lane, Inotify queue) {
        this.lane = lane;
        this.queue = queue;
    }

    void run() {
        do {
            try {
                queue.read().forEach(this::take);
            } catch (IOException | RuntimeException e) {
                log.error("watch.failed", e);
                endAll("the replica could not read what happened");
            }
        } while (!lane.finishReading());
    }

    private void take(Event event) {
        if (event.is(Inotify.OVERFLOW)) {
            lane.overflowed();
            log.warn("watch.overflow trees={}", lane.trees().size());
            endAll("more happened than was read in time");
            return;
        }
        for (Spot spot : lane.spotsOf(event)) {
            if (!event.name().isEmpty()) {
                tell(spot, event);
            } else if (spot.path().isEmpty() && event.is(TOP_LOST)) {
                spot.tree().end(event.is(Inotify.MOVE_SELF) ? "the directory was moved" : "the directory is gone");
            }
        }
    }

    private void tell(Spot spot, Event event) {
        String path = spot.child(event.name());
        boolean come = event.is(Inotify.CREATE | Inotify.MOVED_TO);
        boolean directory = event.is(Inotify.ISDIR) && spot.tree().isRecursive();
        if (event.is(Inotify.DELETE | Inotify.MOVED_FROM)) {
            spot.gone(event.name());
            if (directory) {
                lane.forget(spot.tree(), path);
            }
        }
        boolean known = event.is(Inotify.CREATE) && spot.isKnown(event.name());
        if (!known) {
            spot.tree().tell(change(event), path);
            if (come && directory) {
                new TreeGrowth(lane, spot.tree(), true).from(path);
            }
        }
    }

    private static Change change(Event event) {
        if (event.is(Inotify.CREATE | Inotify.MOVED_TO)) {
            return Change.CREATE;
        }
        if (event.is(Inotify.DELETE)) {
            return Change.REMOVE;
        }
        if (event.is(Inotify.MOVED_FROM)) {
            return Change.RENAME;
        }
        return event.is(Inotify.MODIFY) ? Change.WRITE : Change.CHMOD;
    }

    private void endAll(String reason) {
        lane.trees().forEach(tree -> tree.end(reason));
    }
}
