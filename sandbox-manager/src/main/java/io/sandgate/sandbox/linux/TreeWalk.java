package io.sandgate.sandbox.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/// A walk through a directory of this machine that nobody else changes meanwhile, and through all that is in it, without
/// following links.
///
/// Implementation note: directories may be nested deeper than any path is long or than this process may open files. So
/// one is open at a time. What is still to be entered is kept by name, and the way back is `..`, which is where the walk
/// came from as long as nobody moves anything.
public final class TreeWalk {

    private final Visitor visitor;
    /// The directories that are still to be entered: of the one at hand first, then of each above it.
    private final Deque<Deque<String>> ahead = new ArrayDeque<>();

    /// Sees what is in a tree.
    @FunctionalInterface
    public interface Visitor {

        /// Sees a file, a directory or anything else.
        ///
        /// @param parent what it lies in, for as long as the call takes
        /// @param name `.` for the directory that the walk began at
        /// @return whether to enter it, if it is a directory
        boolean visit(Directory parent, String name, FileStatus status) throws IOException;
    }

    private TreeWalk(Visitor visitor) {
        this.visitor = visitor;
    }

    /// Walks through a directory.
    public static void through(Path top, Visitor visitor) throws IOException {
        Directory here = new Directory(Descriptor.open(top.toString(), 0, OpenFlag.PATH, OpenFlag.DIRECTORY));
        try {
            if (visitor.visit(here, ".", here.status("."))) {
                TreeWalk walk = new TreeWalk(visitor);
                walk.look(here);
                while (!walk.isOver()) {
                    Directory next = walk.step(here);
                    here.close();
                    here = next;
                }
            }
        } finally {
            here.close();
        }
    }

    /// Whether there is nothing to be entered any more.
    private boolean isOver() {
        return ahead.size() == 1 && ahead.getFirst().isEmpty();
    }

    private Directory step(Directory here) throws IOException {
        String name = ahead.getFirst().poll();
        if (name == null) {
            ahead.removeFirst();
            return here.above();
        }
        Directory next = new Directory(here.open(name, 0, OpenFlag.PATH, OpenFlag.DIRECTORY));
        try {
            look(next);
            return next;
        } catch (IOException e) {
            next.close();
            throw e;
        }
    }

    private void look(Directory directory) throws IOException {
        Deque<String> within = new ArrayDeque<>();
        directory.visit(name -> {
            FileStatus status = directory.status(name.text());
            if (visitor.visit(directory, name.text(), status) && status.isDirectory()) {
                within.add(name.text());
            }
            return true;
        });
        ahead.addFirst(within);
    }
}
