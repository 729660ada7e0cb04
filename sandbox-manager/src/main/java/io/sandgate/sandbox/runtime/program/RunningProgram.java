package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.runtime.Programs.End;
import io.sandgate.sandbox.runtime.Programs.Info;
import io.sandgate.sandbox.runtime.Programs.Output;
import io.sandgate.sandbox.runtime.Programs.Signal;
import io.sandgate.sandbox.runtime.Programs.Source;
import io.sandgate.sandbox.runtime.Programs.Subscription;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One program: who listens to it, and how it ended.
///
/// Implementation note. What it writes and how it ends is told by the poller's thread alone. It has ended when its exit is
/// known, or its script is gone, and all of its output was read; so the end is heard after the last byte. Who listens may
/// change at any time: a listener that comes while the end is being told is told by whoever sees both, once, since it leaves
/// the list in one step.
final class RunningProgram implements ProgramPipes.Listener {

    private static final int SIGNAL_BASE = 128;

    private final long order;
    private final ProgramPipes pipes;
    private final Consumer<RunningProgram> whenEnded;
    private final CompletableFuture<End> end = new CompletableFuture<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Holds holds;
    private volatile Info info;
    private volatile Runnable alarm = () -> {};
    private volatile @Nullable Signal sent;
    private volatile boolean timedOut;

    /// One who listens.
    private final class Listener implements Subscription {
        private final Output output;

        Listener(Output output) {
            this.output = output;
        }

        @Override
        public int pid() {
            return info.pid();
        }

        @Override
        public void pause() {
            holds.hold(this, true);
        }

        @Override
        public void resume() {
            holds.hold(this, false);
        }

        @Override
        public void cancel() {
            listeners.remove(this);
            holds.leave(this);
        }
    }

    /// @param order larger for one that was started later
    /// @param whenEnded hears once that it ended, on the poller's thread
    RunningProgram(long order, Info info, ProgramPipes pipes, Consumer<RunningProgram> whenEnded) {
        this.order = order;
        this.info = info;
        this.pipes = pipes;
        this.holds = new Holds(pipes::hold);
        this.whenEnded = whenEnded;
    }

    long order() {
        return order;
    }

    Info info() {
        return info;
    }

    ProgramPipes pipes() {
        return pipes;
    }

    boolean ended() {
        return end.isDone();
    }

    /// Listens from now on; to one that ended, to its end.
    Subscription listen(Output output) {
        Listener listener = new Listener(output);
        holds.enter(listener);
        listeners.add(listener);
        End known = end.getNow(null);
        if (known != null) {
            tellEnd(listener, known);
        }
        return listener;
    }

    /// Sets what is to kill it when its time is over.
    ///
    /// @param cancel takes that back
    void dueBy(Runnable cancel) {
        alarm = cancel;
        if (ended()) {
            cancel.run();
        }
    }

    /// Lets go of its pipes and its alarm.
    void letGo() {
        alarm.run();
        pipes.close();
    }

    /// Notes what is being sent, by which an exit code is told from the signal that shows as the same number.
    void sending(Signal signal, boolean forTime) {
        timedOut |= forTime;
        sent = signal;
        if (signal == Signal.KILL) {
            pipes.killed();
        }
    }

    @Override
    public void wrote(Source source, byte[] bytes) {
        for (Listener listener : listeners) {
            listener.output.data(source, bytes);
        }
    }

    @Override
    public void finished(int code) {
        End known = ending(code);
        if (!end.complete(known)) {
            return;
        }
        for (Listener listener : listeners) {
            tellEnd(listener, known);
        }
        whenEnded.accept(this);
        // what it was started with may be long, and nobody asks for that any more
        info = new Info(info.pid(), info.spec().tagOnly());
    }

    private void tellEnd(Listener listener, End known) {
        if (listeners.remove(listener)) {
            holds.leave(listener);
            listener.output.ended(known);
        }
    }

    private End ending(int code) {
        if (code < 0) {
            return new End(-1, false, "signal: killed", timedOut);
        }
        Signal signal = sent;
        if (signal != null && code == SIGNAL_BASE + number(signal)) {
            return new End(-1, false, signal == Signal.KILL ? "signal: killed" : "signal: terminated", timedOut);
        }
        return new End(code, true, "exit status " + code, timedOut);
    }

    private static int number(Signal signal) {
        return switch (signal) {
            case TERM -> 15;
            case KILL -> 9;
        };
    }
}
