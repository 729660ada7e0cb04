package io.sandgate.api.envd.process;

import io.sandgate.api.envd.connect.CallHeaders;
import io.sandgate.api.envd.connect.ConnectCode;
import io.sandgate.api.envd.connect.ConnectException;
import io.sandgate.api.envd.connect.EventStream;
import io.sandgate.sandbox.runtime.Programs.End;
import io.sandgate.sandbox.runtime.Programs.Output;
import io.sandgate.sandbox.runtime.Programs.Source;
import io.sandgate.sandbox.runtime.Programs.Subscription;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a client hears of one program: its start, then what it writes, then its end.
///
/// The program may write and even end before its number is known here; that waits, so that the start comes first.
final class ProgramStream implements Output {

    private final EventStream events;
    /// Guarded by this; null once the start was sent.
    private @Nullable List<Runnable> early = new ArrayList<>();

    ProgramStream(EventStream events) {
        this.events = events;
    }

    @Override
    public void data(Source source, byte[] bytes) {
        inOrder(() -> events.send(ProcessEvents.data(source, bytes)));
    }

    @Override
    public void ended(End end) {
        inOrder(() -> {
            if (end.timedOut()) {
                events.fail(new ConnectException(ConnectCode.DEADLINE_EXCEEDED,
                        "the program was killed, since its time was over"));
            } else {
                events.send(ProcessEvents.end(end));
                events.end();
            }
        });
    }

    /// Tells the client of the program; to be called once.
    void started(Subscription subscription, CallHeaders headers) {
        synchronized (this) {
            events.send(ProcessEvents.start(subscription.pid()));
            if (early != null) {
                early.forEach(Runnable::run);
                early = null;
            }
        }
        events.keepAlive(headers.keepalive(), ProcessEvents.KEEPALIVE);
        events.attach(new EventStream.Source() {
            @Override
            public void pause() {
                subscription.pause();
            }

            @Override
            public void resume() {
                subscription.resume();
            }

            @Override
            public void cancel() {
                subscription.cancel();
            }
        });
    }

    private void inOrder(Runnable action) {
        synchronized (this) {
            if (early != null) {
                early.add(action);
                return;
            }
        }
        action.run();
    }
}
