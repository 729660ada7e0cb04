package io.sandgate.sandbox.runtime.watch;

import java.util.HashSet;
import java.util.Set;

/// One directory of one watched tree.
///
/// Implementation note: a directory is watched first and read then, so that nothing in it is missed. What was made between
/// is found by reading, and told of by the queue too: the names that reading found are kept, and swallow one such event.
final class Spot {

    private static final int KEPT = 10_000;

    private final WatchedTree tree;
    private final String path;
    private final int watch;
    private final Set<String> found = new HashSet<>();

    /// @param path below the top of the tree
    /// @param watch its number in the queue
    Spot(WatchedTree tree, String path, int watch) {
        this.tree = tree;
        this.path = path;
        this.watch = watch;
    }

    WatchedTree tree() {
        return tree;
    }

    String path() {
        return path;
    }

    int watch() {
        return watch;
    }

    /// The path of a name in it.
    String child(String name) {
        return path.isEmpty() ? name : path + "/" + name;
    }

    /// Keeps in mind that a name was found by reading. For the thread that reads the queue.
    void found(String name) {
        if (found.size() < KEPT) {
            found.add(name);
        }
    }

    /// Whether the making of a name was told already.
    boolean isKnown(String name) {
        return found.remove(name);
    }

    /// A name is gone: when it is made again, that is news.
    void gone(String name) {
        found.remove(name);
    }
}
