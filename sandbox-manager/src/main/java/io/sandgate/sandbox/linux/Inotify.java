package io.sandgate.sandbox.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// A queue of changes to files (an inotify instance), of which a user may have few.
public final class Inotify implements AutoCloseable {

    /// What can happen, and what can be asked for.
    public static final int MODIFY = 0x2;
    public static final int ATTRIB = 0x4;
    public static final int MOVED_FROM = 0x40;
    public static final int MOVED_TO = 0x80;
    public static final int CREATE = 0x100;
    public static final int DELETE = 0x200;
    public static final int DELETE_SELF = 0x400;
    public static final int MOVE_SELF = 0x800;
    public static final int UNMOUNT = 0x2000;
    /// More happened than the queue holds; of no watch.
    public static final int OVERFLOW = 0x4000;
    /// The watch is gone, and its number may be given again.
    public static final int IGNORED = 0x8000;
    public static final int ONLYDIR = 0x1000000;
    public static final int EXCL_UNLINK = 0x4000000;
    public static final int ISDIR = 0x40000000;

    private static final int CLOEXEC = 0x80000;
    private static final int HEADER = 16;
    private static final int BUFFER = 64 * 1024;

    private final Descriptor descriptor;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.nativeOrder());

    private Inotify(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /// Makes an empty queue.
    ///
    /// @throws SystemCallException EMFILE when the user has too many
    public static Inotify open() throws SystemCallException {
        return new Inotify(new Descriptor(SystemCall.INOTIFY_INIT1.invoke(CLOEXEC)));
    }

    /// Watches an open file or directory. The same one again gets the same number.
    ///
    /// @throws SystemCallException ENOSPC when the user has too many watches
    public int add(Descriptor target, int mask) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var path = arena.allocateFrom(target.path());
            return (int) descriptor.invoke(SystemCall.INOTIFY_ADD_WATCH, path.address(), mask);
        }
    }

    /// Ends a watch, which queues IGNORED.
    ///
    /// @throws SystemCallException EINVAL when it ended by itself
    public void remove(int watch) throws IOException {
        descriptor.invoke(SystemCall.INOTIFY_RM_WATCH, watch);
    }

    /// Waits for changes. For one thread.
    public List<Event> read() throws IOException {
        buffer.clear();
        descriptor.read(buffer);
        buffer.flip();
        var events = new ArrayList<Event>();
        while (buffer.remaining() >= HEADER) {
            int watch = buffer.getInt();
            int mask = buffer.getInt();
            int cookie = buffer.getInt();
            var name = new byte[buffer.getInt()];
            buffer.get(name);
            events.add(new Event(watch, mask, cookie, PathText.decodePadded(name)));
        }
        return events;
    }

    @Override
    public void close() {
        descriptor.close();
    }

    /// One change.
    ///
    /// @param watch where
    /// @param mask what happened
    /// @param cookie the same for both ends of a move
    /// @param name of the file in the watched directory; empty for the directory itself
    public record Event(int watch, int mask, int cookie, String name) {

        /// Whether any of these happened.
        public boolean is(int bits) {
            return (mask & bits) != 0;
        }
    }
}
