package io.sandgate.gateway.shard.session;

import io.sandgate.proxy.replicate.Loop;
import java.net.URI;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One try to be connected: its number, its turn to dial, the one deadline that it has at a time, and its connection. Once it
/// is over, nothing that was begun in it does anything any more.
final class Attempt {
    private final long number;
    private final Loop loop;
    private Runnable turn = () -> {};
    private Loop.@Nullable Timer deadline;
    private @Nullable Line line;
    private boolean over;
    private boolean live;
    private long liveSince;

    Attempt(long number, Loop loop) {
        this.number = number;
        this.loop = loop;
    }

    long number() {
        return number;
    }

    private Runnable unlessOver(Runnable action) {
        return () -> {
            if (!over) {
                action.run();
            }
        };
    }

    /// Sets its deadline, in place of the one before.
    void within(Duration time, Runnable action) {
        noDeadline();
        deadline = loop.after(time, unlessOver(action));
    }

    void noDeadline() {
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
    }

    /// @param ask takes what is to be done in the turn, and returns what gives it back
    void takeTurn(UnaryOperator<Runnable> ask, Runnable action) {
        turn = ask.apply(unlessOver(action));
    }

    void giveTurnBack() {
        turn.run();
        turn = () -> {};
    }

    /// Opens its connection.
    void dial(URI url, Line.Listener listener, Line.Breaks breaks, Heartbeats.Sequence sequence,
            SessionContext context) {
        Upstream.Connection connection = context.upstream().dial(url, new Upstream.Listener() {
            @Override
            public void opened() {
                unlessOver(listener::opened).run();
            }

            @Override
            public void frame(byte[] bytes) {
                if (line != null) {
                    line.read(bytes);
                }
            }

            @Override
            public void closed(int code) {
                unlessOver(() -> breaks.closed(code)).run();
            }

            @Override
            public void failed(String why) {
                unlessOver(() -> breaks.failed(why)).run();
            }
        });
        line = new Line(connection, listener, breaks, context, sequence);
    }

    /// Its connection, which is being opened, is open, or has just ended; null before there is one and when it is over.
    @Nullable
    Line line() {
        return line;
    }

    /// Events flow from now on.
    void becomesLive() {
        noDeadline();
        giveTurnBack();
        live = true;
        liveSince = loop.nanoTime();
    }

    /// Whether READY or RESUMED has come, and it is not over.
    boolean isLive() {
        return live && !over;
    }

    boolean isLiveFor(Duration time) {
        return isLive() && loop.nanoTime() - liveSince >= time.toNanos();
    }

    /// Lets go of all that it has.
    ///
    /// @param code to close its connection with; [Upstream#NO_CODE] when that is closed
    /// @return whether it had one
    boolean end(int code) {
        over = true;
        noDeadline();
        giveTurnBack();
        Line last = line;
        line = null;
        if (last != null) {
            last.end(code);
        }
        return last != null;
    }
}
