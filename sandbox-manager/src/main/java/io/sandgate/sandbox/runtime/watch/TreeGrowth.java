package io.sandgate.sandbox.runtime.watch;

import io.sandgate.sandbox.linux.Directory;
import io.sandgate.sandbox.linux.Directory.Name;
import io.sandgate.sandbox.linux.SystemCallException;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import io.sandgate.sandbox.runtime.SandboxFiles.Change;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;

/// Puts directories of a tree under watch, each before what is in it is read: so whatever is not found by reading comes
/// through the queue.
final class TreeGrowth {

    private static final int NAMES = 100_000;

    private final WatchLane lane;
    private final WatchedTree tree;
    private final boolean telling;
    private final ArrayDeque<String> waiting = new ArrayDeque<>();
    private int told;

    /// @param telling whether what is found is news
    TreeGrowth(WatchLane lane, WatchedTree tree, boolean telling) {
        this.lane = lane;
        this.tree = tree;
        this.telling = telling;
    }

    /// Begins with the top.
    void begin() throws IOException {
        enter("");
        spread();
    }

    /// Goes on with a directory that has just come.
    void from(String path) {
        waiting.add(path);
        try {
            spread();
        } catch (GuestException e) {
            tree.end(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            tree.end("a directory in it could not be watched");
        }
    }

    private void spread() throws IOException {
        while (!waiting.isEmpty() && !tree.isClosed()) {
            try {
                enter(waiting.remove());
            } catch (SystemCallException e) {
                switch (e.errno()) {
                    case ENOENT, ENOTDIR, ELOOP, EACCES, ENAMETOOLONG -> {
                        // gone, no directory, or not to be reached
                    }
                    default -> throw e;
                }
            } catch (GuestException e) {
                if (e.code() == Code.RESOURCE_EXHAUSTED) {
                    throw e;
                }
                // no directory, or one of the kernel's
            }
        }
    }

    private void enter(String path) throws IOException {
        try (var directory = tree.opener().open(path)) {
            Spot spot = lane.add(tree, path, directory);
            if (spot != null && tree.isRecursive()) {
                read(spot, directory);
            }
        }
    }

    private void read(Spot spot, Directory directory) throws IOException {
        List<Name> names = directory.names(NAMES + 1 - told);
        told += telling ? names.size() : 0;
        if (names.size() > NAMES || told > NAMES) {
            throw new GuestException(Code.RESOURCE_EXHAUSTED,
                    "a directory in it has too many files to be watched (more than " + NAMES + ")");
        }
        for (Name name : names) {
            String path = spot.child(name.text());
            if (telling) {
                spot.found(name.text());
                tree.tell(Change.CREATE, path);
            }
            if (name.mayBeDirectory()) {
                waiting.add(path);
            }
        }
    }
}
