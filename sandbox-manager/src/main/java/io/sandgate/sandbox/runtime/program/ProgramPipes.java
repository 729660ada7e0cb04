package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.linux.Poller;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.Programs.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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

    private final Poller poller;
    private final Optional<Terminal> terminal;
    private final ProgramInput input;
    private final StatusWords words = new StatusWords();
    private final PipeReader status;
    private final List<PipeReader> outputs = new ArrayList<>();
    private volatile boolean held = true;
    private volatile boolean killed;
    private volatile @Nullable Listener listener;
    /// These two belong to the poller's thread.
    private int openOutputs;
    private boolean statusEnded;

    /// Hears what comes out of the pipes, on the poller's thread.
    interface Listener {
        void wrote(Source source, byte[] bytes);

        /// The script is gone, and all of the output was read.
        ///
        /// @param code the exit code as the shell says it; -1 when it said none
        void finished(int code);
    }

    private ProgramPipes(Poller poller, Path folder, Optional<Terminal> terminal, ProgramInput.Kind input)
            throws IOException {
        this.poller = poller;
        this.terminal = terminal;
        this.status = new PipeReader(reading(folder.resolve("status")), () -> false, new PipeReader.Hearer() {
            @Override
            public void heard(byte[] bytes) {
                words.heard(bytes);
            }

            @Override
            public void ended() {
                statusEnded();
            }
        });
        try {
            this.input = new ProgramInput(folder.resolve("in"), input);
        } catch (IOException e) {
            status.close();
            throw e;
        }
    }

    /// Opens those of a program that is to be started, or runs already.
    ///
    /// @param folder where they are
    /// @param terminal in place of output and input; closed with this
    /// @param input what there is of the pipe for the input
    static ProgramPipes open(Poller poller, Path folder, Optional<Terminal> terminal, ProgramInput.Kind input)
            throws IOException {
        ProgramPipes pipes = new ProgramPipes(poller, folder, terminal, input);
        try {
            if (terminal.isPresent()) {
                pipes.add(terminal.get().controller().duplicate(), Source.TERMINAL);
            } else {
                pipes.add(wide(reading(folder.resolve("out"))), Source.STDOUT);
                pipes.add(wide(reading(folder.resolve("err"))), Source.STDERR);
            }
            return pipes;
        } catch (IOException e) {
            pipes.close();
            throw e;
        }
    }

    /// Opens those of a program whose output goes elsewhere, which is to be started.
    static ProgramPipes openStatus(Poller poller, Path folder) throws IOException {
        return new ProgramPipes(poller, folder, Optional.empty(), ProgramInput.Kind.NONE);
    }

    private void add(Descriptor descriptor, Source source) {
        outputs.add(new PipeReader(descriptor, () -> held, new PipeReader.Hearer() {
            @Override
            public void heard(byte[] bytes) {
                Listener hearer = listener;
                if (hearer != null) {
                    hearer.wrote(source, bytes);
                }
            }

            @Override
            public void ended() {
                openOutputs--;
                tellEnd();
            }
        }));
        openOutputs++;
    }

    private void statusEnded() {
        statusEnded = true;
        words.ended();
        if (killed) {
            outputs.forEach(output -> output.drain(PIPE_BYTES));
        }
        tellEnd();
    }

    private void tellEnd() {
        Listener hearer = listener;
        if (statusEnded && openOutputs == 0 && hearer != null) {
            hearer.finished(words.exitCode());
        }
    }

    /// Begins to listen to how the program goes; what it writes is held back until somebody follows it.
    void begin() throws IOException {
        status.begin(poller);
        for (PipeReader output : outputs) {
            output.begin(poller);
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
        poller.execute(() -> {
            status.ready();
            outputs.forEach(PipeReader::ready);
        });
    }

    /// The program's number, once it runs.
    ///
    /// @throws GuestException as [StatusWords#awaitPid]
    int awaitPid(long timeout, TimeUnit unit) {
        int pid = words.awaitPid(timeout, unit);
        input.settle();
        return pid;
    }

    /// Holds output back, or lets it come.
    void hold(boolean hold) {
        held = hold;
        if (!hold) {
            outputs.forEach(PipeReader::arm);
        }
    }

    /// The program is about to be killed: its end is not to wait for children of it that keep its output open.
    void killed() {
        killed = true;
    }

    /// Writes all of it, waiting while there is no room.
    ///
    /// @throws GuestException FAILED_PRECONDITION when there is nothing to write to any more; UNAVAILABLE when this thread is
    ///         interrupted
    void input(byte[] data) {
        ProgramInput.write(poller, terminal.map(Terminal::controller).orElseGet(input::descriptor), data);
    }

    void closeInput() {
        input.finish();
    }

    Optional<Terminal> terminal() {
        return terminal;
    }

    @Override
    public void close() {
        status.close();
        outputs.forEach(PipeReader::close);
        terminal.ifPresent(Terminal::close);
        input.close();
        words.ended();
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
