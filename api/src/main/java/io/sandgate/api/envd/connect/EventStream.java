package io.sandgate.api.envd.connect;

import io.sandgate.api.envd.wire.HttpCall;
import io.sandgate.api.envd.wire.Timers;
import io.sandgate.api.envd.wire.Timers.Timer;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The answer of a server stream. Thread-safe; nothing here blocks, and envelopes go out in the order in which they were
/// sent.
///
/// It is open until it is ended, failed, late, or its client is gone; what is sent afterwards is dropped.
public final class EventStream {

    /// Where the events come from.
    public interface Source {

        /// The client does not read fast enough.
        void pause();

        /// It caught up.
        void resume();

        /// The stream is over. Comes once, and last.
        void cancel();
    }

    private final HttpCall call;
    private final Context context;
    private final HttpServerResponse response;
    private final Timers timers;
    private final Runnable whenOver;
    private final Pace pace = new Pace();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicReference<@Nullable Source> source = new AtomicReference<>();
    /// Belongs to the event loop.
    private final List<Timer> running = new ArrayList<>();

    /// Belongs on the event loop.
    EventStream(HttpCall call, Timers timers, Runnable whenOver) {
        this.call = call;
        this.context = call.context();
        this.response = call.response();
        this.timers = timers;
        this.whenOver = whenOver;
        response.setChunked(true).putHeader("content-type", ConnectServer.STREAM_TYPE);
        response.closeHandler(closed -> leave());
    }

    /// Sends an envelope.
    public void send(Buffer envelope) {
        if (over.get()) {
            return;
        }
        int length = envelope.length();
        pace.add(length);
        context.runOnContext(v -> {
            if (response.ended() || response.closed()) {
                return;
            }
            response.write(envelope).onComplete(written -> pace.takeOff(length));
        });
    }

    /// Names where the events come from, which is held back from then on when the client is slow.
    public void attach(Source attached) {
        source.set(attached);
        pace.attach(new Pace.Source() {
            @Override
            public void pause() {
                attached.pause();
            }

            @Override
            public void resume() {
                attached.resume();
            }
        });
        if (over.get()) {
            cancelSource();
        }
    }

    /// Sends the same envelope again and again, so that nothing between here and the client takes the stream for dead.
    public void keepAlive(Duration interval, Buffer envelope) {
        start(interval, () -> {
            if (!pace.isFull()) {
                send(envelope.copy());
            }
            keepAlive(interval, envelope);
        });
    }

    /// Lets the stream be late after a time.
    public void expireAfter(Duration timeout) {
        start(timeout, () -> fail(ConnectException.late()));
    }

    /// Ends the stream in order.
    public void end() {
        finish(Envelope.end());
    }

    /// Ends the stream with an error.
    public void fail(ConnectException failure) {
        finish(Envelope.end(failure));
    }

    private void start(Duration delay, Runnable action) {
        context.runOnContext(v -> {
            running.removeIf(Timer::isOver);
            if (!over.get()) {
                running.add(timers.after(delay, action));
            }
        });
    }

    private void finish(Buffer last) {
        context.runOnContext(v -> {
            if (leave() && !response.closed()) {
                call.discardRest();
                response.end(last);
            }
        });
    }

    private boolean leave() {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        running.forEach(Timer::cancel);
        cancelSource();
        whenOver.run();
        return true;
    }

    private void cancelSource() {
        Source present = source.getAndSet(null);
        if (present != null) {
            pace.detach();
            present.cancel();
        }
    }
}
