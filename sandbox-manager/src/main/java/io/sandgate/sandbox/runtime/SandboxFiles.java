package io.sandgate.sandbox.runtime;

import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The files of one sandbox. Paths are those that its own programs use; relative ones, and `~`, begin at the home of the
/// user. No path, link or race leads out of the sandbox.
///
/// Calls block; failures are [GuestException]s. Each call may throw INVALID_ARGUMENT for a path with a zero character or a
/// name that is too long, UNAUTHENTICATED for an unknown user, NOT_FOUND and PERMISSION_DENIED.
public interface SandboxFiles {

    /// What is at a path; a link at its end is followed for its target's kind and size, and named.
    Entry stat(String path, String user);

    /// Makes a directory and those above it.
    ///
    /// @throws GuestException ALREADY_EXISTS for a directory that is there; INVALID_ARGUMENT for a file that is
    Entry makeDirectory(String path, String user);

    /// Moves a file or directory, and makes the directories above its new place.
    Entry move(String source, String destination, String user);

    /// What is in a directory, down to a depth of 1 or more, ordered by path. Links are not entered.
    ///
    /// @throws GuestException INVALID_ARGUMENT for what is no directory; RESOURCE_EXHAUSTED for more entries than the bound
    List<Entry> list(String path, int depth, String user);

    /// Removes a file, or a directory with all that is in it. What is not there counts as removed.
    void remove(String path, String user);

    /// Opens a regular file to be read from.
    ///
    /// @throws GuestException INVALID_ARGUMENT for what is no regular file
    Reading read(String path, String user);

    /// Opens a regular file to be written anew, and makes the directories above it. What is written shows at once, as with
    /// envd; a file that is there keeps its owner and mode.
    ///
    /// @param metadata kept with the file, as names without the prefix `user.e2b.`
    /// @throws GuestException INVALID_ARGUMENT for a directory; NO_SPACE
    Writing write(String path, String user, Map<String, String> metadata);

    /// Puts files together into one, in order, and removes them.
    Entry compose(List<String> sources, String destination, String user, Map<String, String> metadata);

    /// Tells of changes below a directory until it is closed.
    ///
    /// @throws GuestException INVALID_ARGUMENT for what is no directory; RESOURCE_EXHAUSTED for too many watched directories
    Watch watch(String path, boolean recursive, String user, WatchListener listener);

    /// What something is.
    enum Kind {
        FILE, DIRECTORY, SYMLINK, OTHER
    }

    /// One file or directory.
    ///
    /// @param name the last part of the path
    /// @param path absolute
    /// @param kind that of what a link leads to; SYMLINK for one that leads nowhere
    /// @param mode its permission bits
    /// @param permissions as `-rw-r--r--`
    /// @param owner its user, by name where the sandbox has one, else by number
    /// @param group its group, in the same way
    /// @param symlinkTarget where a link leads
    /// @param metadata what was kept with it
    record Entry(String name, String path, Kind kind, long size, int mode, String permissions, String owner,
            String group, Instant modified, Optional<String> symlinkTarget, Map<String, String> metadata) {
        public Entry {
            metadata = Map.copyOf(metadata);
        }
    }

    /// A file that is being read. To be closed.
    interface Reading extends AutoCloseable {

        /// What it was when it was opened.
        Entry entry();

        /// Its bytes.
        SeekableByteChannel channel();

        @Override
        void close();
    }

    /// A file that is being written. To be closed; writes throw an [java.io.IOException] that [#failure] explains.
    interface Writing extends AutoCloseable {

        /// Takes its bytes.
        WritableByteChannel channel();

        /// The failure of a write as the caller should see it, such as NO_SPACE.
        GuestException failure(java.io.IOException cause);

        /// What it is now.
        Entry entry();

        @Override
        void close();
    }

    /// What happened to a file, in the words of envd.
    enum Change {
        CREATE, WRITE, REMOVE, RENAME, CHMOD
    }

    /// Hears of changes. Called by one thread at a time, which must not be blocked.
    interface WatchListener {

        /// Something changed.
        ///
        /// @param name the path relative to the watched directory
        void changed(Change change, String name);

        /// The watch is over, since its directory is gone, or more happened than was read in time. Nothing follows.
        void ended(String reason);
    }

    /// A watch. Closing it does not block.
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }
}
