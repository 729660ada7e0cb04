package io.sandgate.api.envd.filesystem;

import io.sandgate.api.envd.connect.CallHeaders;
import io.sandgate.api.envd.connect.ConnectCode;
import io.sandgate.api.envd.connect.ConnectException;
import io.sandgate.api.envd.connect.Envelope;
import io.sandgate.api.envd.connect.EventStream;
import io.sandgate.sandbox.runtime.SandboxFiles;
import io.sandgate.sandbox.runtime.SandboxFiles.Watch;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/// Sends what one watch sees to one client, from one worker at a time, since looking at a file blocks. While the client
/// does not read, events wait in the queue.
final class WatchStream {

    private static final int BATCH = 64;
    private static final Buffer START = Envelope.of(new JsonObject().put("start", new JsonObject()));
    private static final Buffer KEEPALIVE = Envelope.of(new JsonObject().put("keepalive", new JsonObject()));

    private final Watched watched;
    private final SandboxFiles files;
    private final EventStream events;
    private final Executor workers;
    private final Runnable whenOver;
    private final WatchQueue queue = new WatchQueue(this::wake);
    private final AtomicInteger turns = new AtomicInteger();
    private volatile boolean started;
    private volatile boolean paused;
    private volatile boolean over;

    WatchStream(Watched watched, SandboxFiles files, EventStream events, Executor workers, Runnable whenOver) {
        this.watched = watched;
        this.files = files;
        this.events = events;
        this.workers = workers;
        this.whenOver = whenOver;
    }

    void open(CallHeaders headers) {
        Watch watch = files.watch(watched.path(), watched.recursive(), watched.user(), queue);
        events.send(START.copy());
        events.keepAlive(headers.keepalive(), KEEPALIVE);
        headers.timeout().ifPresent(events::expireAfter);
        events.attach(new EventStream.Source() {
            @Override
            public void pause() {
                paused = true;
            }

            @Override
            public void resume() {
                paused = false;
                wake();
            }

            @Override
            public void cancel() {
                over = true;
                watch.close();
                whenOver.run();
            }
        });
        started = true;
        wake();
    }

    private void wake() {
        if (started && turns.getAndIncrement() == 0) {
            try {
                workers.execute(this::forward);
            } catch (RejectedExecutionException e) {
                events.fail(new ConnectException(ConnectCode.UNAVAILABLE, "this replica is stopping"));
            }
        }
    }

    private void forward() {
        int missed = 1;
        while (missed != 0) {
            boolean more = true;
            while (more && !over && !paused) {
                more = forwardSome();
            }
            missed = turns.addAndGet(-missed);
        }
    }

    private boolean forwardSome() {
        List<WatchQueue.Event> taken = queue.take(BATCH);
        taken.forEach(
                event -> events.send(Envelope.of(new JsonObject().put("filesystem", watched.json(event, files)))));
        queue.end().ifPresent(reason -> events.fail(new ConnectException(ConnectCode.UNAVAILABLE, reason)));
        return taken.size() == BATCH;
    }
}
