package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Directory;
import io.sandgate.sandbox.linux.Errno;
import io.sandgate.sandbox.linux.SystemCallException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/// Makes something under a name of its own beside the place where it belongs, and puts it there when it is complete.
final class Staging {

    private static final int ATTEMPTS = 1_000;
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final FileBounds bounds;
    private final GuestPath target;

    Staging(FileBounds bounds, GuestPath target) {
        this.bounds = bounds;
        this.target = target;
    }

    /// What is made under a name that must be free.
    interface Making {
        void make(String name) throws IOException;
    }

    /// Makes it, and puts it in the place of what is there. What was made of it is removed when that fails.
    void put(Directory parent, Making making) throws IOException {
        for (int attempt = 1;; attempt++) {
            String name = ".sandgate-" + NUMBERS.incrementAndGet();
            if (isTaken(parent, name)) {
                if (attempt == ATTEMPTS) {
                    throw Failures.tooMany("unfinished moves", ATTEMPTS, target);
                }
                continue;
            }
            boolean done = false;
            try {
                making.make(name);
                parent.rename(name, parent, target.name());
                done = true;
            } finally {
                if (!done) {
                    discard(parent, name);
                }
            }
            return;
        }
    }

    private void discard(Directory parent, String name) {
        try {
            new TreeRemover(bounds, target).remove(parent, name);
        } catch (IOException | RuntimeException _) {
            // the failure that led here says more
        }
    }

    private static boolean isTaken(Directory parent, String name) throws IOException {
        try {
            var _ = parent.status(name);
            return true;
        } catch (SystemCallException e) {
            if (e.errno() == Errno.ENOENT) {
                return false;
            }
            throw e;
        }
    }
}
