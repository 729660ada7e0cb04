package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.Errno;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.linux.Poller;
import io.sandgate.sandbox.linux.Poller.Interest;
import io.sandgate.sandbox.linux.SystemCallException;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// The pipe that a program reads its input from. Thread-safe.
final class ProgramInput implements AutoCloseable {

    private static final int PIECE = 32 * 1024;

    private final Path pipe;
    private @Nullable Descriptor end;

    /// What there is of the pipe.
    enum Kind {
        /// The program has none.
        NONE,
        /// The program will open it.
        NEW,
        /// The program has opened it.
        OLD
    }

    ProgramInput(Path pipe, Kind kind) throws IOException {
        this.pipe = pipe;
        this.end = switch (kind) {
            case NONE -> null;
            // there is no reader yet
            case NEW -> Descriptor.open(pipe.toString(), 0, OpenFlag.RDWR, OpenFlag.NONBLOCK);
            case OLD -> writing(pipe);
        };
    }

    /// Leaves the reading end to the program, so that what is written after its end fails.
    synchronized void settle() {
        Descriptor both = end;
        if (both != null) {
            end = writing(pipe);
            both.close();
        }
    }

    /// Where to write to.
    ///
    /// @throws GuestException FAILED_PRECONDITION when the program has no input, or none any more
    synchronized Descriptor descriptor() {
        Descriptor open = end;
        if (open == null) {
            throw new GuestException(Code.FAILED_PRECONDITION,
                    "the program has no input (expected: a program that was started with stdin, and not closed)");
        }
        return open;
    }

    /// Tells the program that nothing follows.
    synchronized void finish() {
        descriptor().close();
        end = null;
    }

    @Override
    public synchronized void close() {
        if (end != null) {
            end.close();
            end = null;
        }
    }

    /// Writes all of it to a pipe or terminal, waiting while there is no room.
    ///
    /// @throws GuestException FAILED_PRECONDITION when nobody reads any more; UNAVAILABLE when this thread is interrupted
    static void write(Poller poller, Descriptor to, byte[] data) {
        ByteBuffer left = ByteBuffer.wrap(data);
        try {
            while (left.hasRemaining()) {
                ByteBuffer piece = left.slice(left.position(), Math.min(left.remaining(), PIECE));
                try {
                    left.position(left.position() + to.write(piece));
                } catch (SystemCallException e) {
                    if (e.errno() != Errno.EAGAIN) {
                        throw e;
                    }
                    awaitRoom(poller, to);
                }
            }
        } catch (IOException e) {
            throw new GuestException(Code.FAILED_PRECONDITION, "the program takes no input any more", e);
        }
    }

    private static void awaitRoom(Poller poller, Descriptor to) throws IOException {
        CompletableFuture<Void> room = new CompletableFuture<>();
        try (Descriptor copy = to.duplicate()) {
            Poller.Registration registration = poller.register(copy, Interest.WRITE, () -> room.complete(null));
            try {
                room.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new GuestException(Code.UNAVAILABLE, "interrupted while the program was not reading", e);
            } catch (ExecutionException e) {
                throw new IOException(e);
            } finally {
                registration.cancel();
            }
        }
    }

    private static @Nullable Descriptor writing(Path pipe) {
        try {
            return Descriptor.open(pipe.toString(), 0, OpenFlag.WRONLY, OpenFlag.NONBLOCK);
        } catch (IOException e) {
            // nobody reads it any more
            return null;
        }
    }
}
