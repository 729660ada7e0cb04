package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.Errno;
import io.sandgate.sandbox.linux.Poller;
import io.sandgate.sandbox.linux.Poller.Interest;
import io.sandgate.sandbox.linux.SystemCallException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One pipe of a program, or its terminal, as the poller's thread reads it.
final class PipeReader implements AutoCloseable {

    private static final int CHUNK = 64 * 1024;

    private final Descriptor descriptor;
    private final BooleanSupplier held;
    private final Hearer hearer;
    private volatile Poller.@Nullable Registration registration;
    private volatile boolean closed;
    /// Belongs to the poller's thread.
    private boolean ended;

    /// Hears what is read, on the poller's thread.
    interface Hearer {
        void heard(byte[] bytes);

        /// Nobody writes any more, and all was read. Not heard of a reader that was closed.
        void ended();
    }

    /// The poller's buffer: only its thread reads.
    private static final class Scratch {
        static final ThreadLocal<ByteBuffer> BUFFER = ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(CHUNK));
    }

    /// @param descriptor closed with this
    /// @param held whether to leave in the pipe what is there; whoever lets it come calls [#arm]
    PipeReader(Descriptor descriptor, BooleanSupplier held, Hearer hearer) {
        this.descriptor = descriptor;
        this.held = held;
        this.hearer = hearer;
    }

    /// Begins to wait for what comes.
    void begin(Poller poller) throws IOException {
        Poller.Registration mine = poller.register(descriptor, Interest.READ, this::ready);
        registration = mine;
        if (closed) {
            mine.cancel();
        }
    }

    /// Waits for what comes next.
    void arm() {
        Poller.Registration mine = registration;
        if (mine != null && !held.getAsBoolean()) {
            mine.arm();
        }
    }

    /// Reads once. On the poller's thread.
    void ready() {
        if (ended || closed || held.getAsBoolean()) {
            return;
        }
        if (take() < 0) {
            end();
        } else {
            arm();
        }
    }

    /// Takes what is in the pipe, up to a bound, and ends. On the poller's thread.
    void drain(int bound) {
        for (int taken = 0; taken <= bound && !ended;) {
            int count = take();
            if (count <= 0) {
                break;
            }
            taken += count;
        }
        if (!ended) {
            end();
        }
    }

    private int take() {
        ByteBuffer buffer = Scratch.BUFFER.get().clear();
        int count = read(buffer);
        if (count > 0) {
            byte[] bytes = new byte[count];
            buffer.flip().get(bytes);
            hearer.heard(bytes);
        }
        return count;
    }

    private int read(ByteBuffer buffer) {
        try {
            return descriptor.read(buffer);
        } catch (SystemCallException e) {
            // a terminal that nobody has open any more says EIO
            return e.errno() == Errno.EAGAIN ? 0 : -1;
        } catch (IOException e) {
            return -1;
        }
    }

    private void end() {
        // the end of the reading is not the end of the program
        boolean letGo = closed;
        ended = true;
        close();
        if (!letGo) {
            hearer.ended();
        }
    }

    @Override
    public void close() {
        closed = true;
        Poller.Registration mine = registration;
        if (mine != null) {
            mine.cancel();
        }
        descriptor.close();
    }
}
