package io.sandgate.api.envd.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Bounds the bytes of messages that calls hold at a time: those of one sandbox, and of all together. Thread-safe.
///
/// The first bytes of each call are free, since the number of calls is bounded: so whoever sends long messages keeps nobody
/// from sending short ones.
public final class MessageRoom {

    /// What each call may hold without being counted.
    static final int FREE = 64 * 1024;

    private static final int PIECE = 64 * 1024;

    private final long most;
    private final @Nullable MessageRoom all;
    private final AtomicLong held = new AtomicLong();

    /// There is no room for a message now.
    public static final class Exhausted extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Exhausted(long most) {
            super("messages under way: more than " + most
                    + " bytes of long ones (expected: fewer at a time; try again)");
        }
    }

    /// @param most bytes of all sandboxes together
    public MessageRoom(long most) {
        this(most, null);
    }

    private MessageRoom(long most, @Nullable MessageRoom all) {
        this.most = most;
        this.all = all;
    }

    /// That of one sandbox.
    ///
    /// @param mostOfIt bytes
    public MessageRoom within(long mostOfIt) {
        return new MessageRoom(mostOfIt, this);
    }

    /// The place of one call.
    public Place place() {
        return new Place();
    }

    /// What one call holds, until it is closed. For one thread.
    public final class Place implements AutoCloseable {

        private long taken;

        private Place() {}

        /// Reads up to so many bytes, fewer only at the end.
        ///
        /// @throws Exhausted when there is no room for them
        public byte[] read(InputStream in, long length) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            while (bytes.size() < length) {
                int piece = (int) Math.min(PIECE, length - bytes.size());
                reach(bytes.size() + piece);
                byte[] next = in.readNBytes(piece);
                bytes.writeBytes(next);
                if (next.length < piece) {
                    break;
                }
            }
            return bytes.toByteArray();
        }

        private void reach(long bytes) {
            long more = bytes - FREE - taken;
            if (more > 0) {
                take(more);
                taken += more;
            }
        }

        /// Gives back what it holds.
        @Override
        public void close() {
            giveBack(taken);
            taken = 0;
        }
    }

    private void take(long bytes) {
        if (held.addAndGet(bytes) > most) {
            held.addAndGet(-bytes);
            throw new Exhausted(most);
        }
        if (all != null) {
            try {
                all.take(bytes);
            } catch (Exhausted e) {
                held.addAndGet(-bytes);
                throw e;
            }
        }
    }

    private void giveBack(long bytes) {
        held.addAndGet(-bytes);
        if (all != null) {
            all.giveBack(bytes);
        }
    }
}
