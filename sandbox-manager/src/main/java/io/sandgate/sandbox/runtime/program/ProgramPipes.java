package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.Errno;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.linux.Poller;
import io.sandgate.sandbox.linux.Poller.Interest;
import io.sandgate.sandbox.linux.SystemCallException;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import io.sandgate.sandbox.runtime.Programs.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The replica's ends of the pipes of one program, or of its terminal.
///
/// Reading happens on the poller's thread; [#hold] and [#input] may be called by any. Output that is held back stays in
/// the pipe, so that the program waits.
final class ProgramPipes implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ProgramPipes.class);

    /// What a program may write ahead of its reader; the kernel's default is 64 KiB.
    private static final int PIPE_BYTES = 256 * 1024;
    private static final int SET_PIPE_SIZE = 1031;
    private static final int CHUNK = 64 * 1024;
    private static final int INPUT_PIECE = 32 * 1024;

    private final Poller poller;
    private final Path folder;
    private final List<Reader> readers = new ArrayList<>();
    private final Optional<Terminal> terminal;
    private final StringBuilder status = new StringBuilder();
    private final CompletableFuture<String> firstWord = new CompletableFuture<>();
    private @Nullable Descriptor input;
    private volatile boolean held = true;
    private volatile boolean killed;
    private volatile @Nullable Listener listener;
    private int openReaders;
    private int exitCode = -1;
    private boolean statusEnded;

    /// Hears what comes out of the pipes, on the poller's thread.
    interface Listener {
        void wrote(Source source, byte[] bytes);

        /// The script is gone, and all of the output was read.
        ///
        /// @param code the exit code as the shell says it; -1 when it said none
        void finished(int code);
    }

    /// What there is of the pipe for the input.
    enum Input {
        /// The program has none.
        NONE,
        /// The program will open it.
        NEW,
        /// The program has opened it.
        OLD
    }

    /// One pipe that is read.
    private final class Reader {
        private final Descriptor descriptor;
        private final @Nullable Source source;
        private Poller.@Nullable Registration registration;
        private boolean open = true;

        /// @param source null for the status
        Reader(Descriptor descriptor, @Nullable Source source) {
            this.descriptor = descriptor;
            this.source = source;
        }

        void begin() throws IOException {
            registration = poller.register(descriptor, Interest.READ, this::ready);
        }

        private void ready() {
            if (source != null && held) {
                return;
            }
            ByteBuffer buffer = Scratch.BUFFER.get().clear();
            int count = read(buffer);
            if (count < 0) {
                end();
                return;
            }
            if (count > 0) {
                byte[] bytes = new byte[count];
                buffer.flip().get(bytes);
                take(bytes);
            }
            arm();
        }

        private void take(byte[] bytes) {
            Listener hearer = listener;
            if (source == null) {
                heard(new String(bytes, StandardCharsets.US_ASCII));
            } else if (hearer != null) {
                hearer.wrote(source, bytes);
            }
        }

        /// Takes what is in the pipe, and no more.
        private void drain() {
            for (int taken = 0; taken <= PIPE_BYTES;) {
                ByteBuffer buffer = Scratch.BUFFER.get().clear();
                int count = read(buffer);
                if (count <= 0) {
                    break;
                }
                byte[] bytes = new byte[count];
                buffer.flip().get(bytes);
                take(bytes);
                taken += count;
            }
            if (open) {
                end();
            }
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

        void arm() {
            Poller.Registration mine = registration;
            if (mine != null && !(source != null && held)) {
                mine.arm();
            }
        }

        private void end() {
            open = false;
            close();
            if (source == null) {
                statusEnded = true;
                firstWord.complete("");
                if (killed) {
                    readers.stream().filter(reader -> reader.source != null).forEach(Reader::drain);
                }
            } else {
                openReaders--;
            }
            if (statusEnded && openReaders == 0) {
                Listener hearer = listener;
                if (hearer != null) {
                    hearer.finished(exitCode);
                }
            }
        }

        void close() {
            Poller.Registration mine = registration;
            if (mine != null) {
                mine.cancel();
            }
            descriptor.close();
        }
    }

    /// The poller's buffer: only its thread reads.
    private static final class Scratch {
        static final ThreadLocal<ByteBuffer> BUFFER = ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(CHUNK));
    }

    private ProgramPipes(Poller poller, Path folder, Optional<Terminal> terminal) {
        this.poller = poller;
        this.folder = folder;
        this.terminal = terminal;
    }

    /// Opens those of a program that is to be started, or runs already.
    ///
    /// @param folder where they are
    /// @param terminal in place of output and input
    /// @param withInput what to do about the pipe for the input
    static ProgramPipes open(Poller poller, Path folder, Optional<Terminal> terminal, Input withInput)
            throws IOException {
        ProgramPipes pipes = new ProgramPipes(poller, folder, terminal);
        try {
            pipes.readers.add(pipes.new Reader(reading(folder.resolve("status")), null));
            if (terminal.isPresent()) {
                pipes.add(terminal.get().controller().duplicate(), Source.TERMINAL);
            } else {
                pipes.add(wide(reading(folder.resolve("out"))), Source.STDOUT);
                pipes.add(wide(reading(folder.resolve("err"))), Source.STDERR);
                pipes.input = switch (withInput) {
                    case NONE -> null;
                    // there is no reader yet
                    case NEW -> Descriptor.open(folder.resolve("in").toString(), 0, OpenFlag.RDWR, OpenFlag.NONBLOCK);
                    case OLD -> pipes.writing();
                };
            }
            return pipes;
        } catch (IOException e) {
            pipes.close();
            throw e;
        }
    }

    /// Opens those of a program whose output goes elsewhere, which is to be started.
    static ProgramPipes openStatus(Poller poller, Path folder) throws IOException {
        ProgramPipes pipes = new ProgramPipes(poller, folder, Optional.empty());
        pipes.readers.add(pipes.new Reader(reading(folder.resolve("status")), null));
        return pipes;
    }

    private void add(Descriptor descriptor, Source source) {
        readers.add(new Reader(descriptor, source));
        openReaders++;
    }

    /// Begins to listen to how the program goes; what it writes is held back until somebody follows it.
    void begin() throws IOException {
        for (Reader reader : List.copyOf(readers)) {
            reader.begin();
        }
    }

    /// From now on, somebody hears what the program writes and that it ends.
    void follow(Listener hearer) {
        listener = hearer;
        hold(false);
    }

    /// Looks at once for what came, or ended, before anybody listened: a pipe whose last writer was gone when it was opened
    /// never says so.
    void look() {
        poller.execute(() -> List.copyOf(readers).forEach(Reader::ready));
    }

    /// The first thing that is said of the program: its number, or that it has no working directory.
    ///
    /// @throws GuestException UNAVAILABLE when nothing is said in time
    int awaitPid(long timeout, TimeUnit unit) {
        try {
            String word = firstWord.get(timeout, unit);
            if (word.startsWith("pid ")) {
                settleInput();
                return Integer.parseInt(word.substring("pid ".length()));
            }
            throw word.equals("directory")
                    ? new GuestException(Code.INVALID_ARGUMENT, "the working directory cannot be entered")
                    : new GuestException(Code.UNAVAILABLE, "the sandbox ended while the program was being started");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GuestException(Code.UNAVAILABLE, "interrupted while the program was being started", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new GuestException(Code.UNAVAILABLE, "the program did not start in time", e);
        }
    }

    /// Holds output back, or lets it come.
    void hold(boolean hold) {
        held = hold;
        if (!hold) {
            readers.forEach(Reader::arm);
        }
    }

    /// The program is about to be killed: its end is not to wait for children of it that keep its output open.
    void killed() {
        killed = true;
    }

    /// Writes all of it, waiting while there is no room.
    ///
    /// @throws GuestException FAILED_PRECONDITION when there is nothing to write to any more
    void input(byte[] data) {
        Descriptor to = terminal.map(Terminal::controller).orElseGet(this::openInput);
        ByteBuffer left = ByteBuffer.wrap(data);
        try {
            while (left.hasRemaining()) {
                ByteBuffer piece = left.slice(left.position(), Math.min(left.remaining(), INPUT_PIECE));
                try {
                    left.position(left.position() + to.write(piece));
                } catch (SystemCallException e) {
                    if (e.errno() != Errno.EAGAIN) {
                        throw e;
                    }
                    awaitRoom(to);
                }
            }
        } catch (IOException e) {
            throw new GuestException(Code.FAILED_PRECONDITION, "the program takes no input any more", e);
        }
    }

    /// Leaves the reading end to the program, so that what is written after its end fails.
    private synchronized void settleInput() {
        Descriptor both = input;
        if (both != null) {
            input = writing();
            both.close();
        }
    }

    private @Nullable Descriptor writing() {
        try {
            return Descriptor.open(folder.resolve("in").toString(), 0, OpenFlag.WRONLY, OpenFlag.NONBLOCK);
        } catch (IOException e) {
            // nobody reads it any more
            return null;
        }
    }

    private synchronized Descriptor openInput() {
        Descriptor open = input;
        if (open == null) {
            throw new GuestException(Code.FAILED_PRECONDITION,
                    "the program has no input (expected: a program that was started with stdin, and not closed)");
        }
        return open;
    }

    private void awaitRoom(Descriptor to) throws IOException {
        CompletableFuture<Void> room = new CompletableFuture<>();
        try (Descriptor copy = to.duplicate()) {
            Poller.Registration registration = poller.register(copy, Interest.WRITE, () -> room.complete(null));
            try {
                room.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            } catch (ExecutionException e) {
                throw new IOException(e);
            } finally {
                registration.cancel();
            }
        }
    }

    synchronized void closeInput() {
        openInput().close();
        input = null;
    }

    Optional<Terminal> terminal() {
        return terminal;
    }

    private void heard(String text) {
        status.append(text);
        for (int end = status.indexOf("\n"); end >= 0; end = status.indexOf("\n")) {
            String line = status.substring(0, end);
            status.delete(0, end + 1);
            if (line.startsWith("exit ")) {
                exitCode = Integer.parseInt(line.substring("exit ".length()));
            } else {
                firstWord.complete(line);
            }
        }
    }

    @Override
    public synchronized void close() {
        readers.forEach(Reader::close);
        terminal.ifPresent(Terminal::close);
        if (input != null) {
            input.close();
            input = null;
        }
        firstWord.complete("");
    }

    private static Descriptor reading(Path pipe) throws IOException {
        return Descriptor.open(pipe.toString(), 0, OpenFlag.RDONLY, OpenFlag.NONBLOCK);
    }

    private static Descriptor wide(Descriptor pipe) {
        try {
            pipe.fcntl(SET_PIPE_SIZE, PIPE_BYTES);
        } catch (IOException e) {
            // a user may have only so much of them in all; the default serves too
            log.debug("program.pipe-not-widened reason={}", e.toString());
        }
        return pipe;
    }
}
