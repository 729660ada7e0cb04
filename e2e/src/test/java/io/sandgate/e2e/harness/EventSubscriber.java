package io.sandgate.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A client of `GET /events` with one virtual thread, so that hundreds cost little.
///
/// The frames are kept in a bounded queue, or given to a sink; when it is full, or [#pause] was called, nothing is read from
/// the socket any more. Safe for any thread.
public final class EventSubscriber implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int KEPT = 100_000;

    /// How a stream ended.
    ///
    /// @param code what the WebSocket was closed with, 1006 when it broke; 0 for server-sent events
    /// @param inOrder whether the server ended it as the protocol says
    public record End(int code, boolean inOrder) {}

    private final StreamWire wire;
    private final Frames frames;
    private final BlockingQueue<StreamFrame> kept = new LinkedBlockingQueue<>(KEPT);
    private final CompletableFuture<End> end = new CompletableFuture<>();
    private volatile CountDownLatch resumed = new CountDownLatch(0);
    private volatile String cursor = "";
    private volatile @Nullable StreamFrame endFrame;

    EventSubscriber(EventRequest request, @Nullable Consumer<StreamFrame> sink) {
        wire = request.send();
        boolean sse = request.transport() == EventRequest.Transport.SERVER_SENT;
        int expected = sse ? 200 : 101;
        if (wire.status() != expected) {
            String body = wire.body();
            wire.close();
            throw new AssertionError(request.uri() + " answered " + wire.status() + " " + body + " (expected: "
                    + expected + ")");
        }
        frames = sse ? new ServerSentFrames(wire) : new WebSocketFrames(new WebSocketWire(wire, true));
        Consumer<StreamFrame> to = sink == null ? this::keep : sink;
        Thread.ofVirtual().name("event-subscriber").start(() -> read(to));
    }

    private void keep(StreamFrame frame) {
        try {
            kept.put(frame);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read(Consumer<StreamFrame> to) {
        try {
            resumed.await();
            for (StreamFrame frame = frames.next(); frame != null; frame = frames.next()) {
                if (!frame.cursor().isEmpty()) {
                    cursor = frame.cursor();
                }
                if (frame.type().equals("end")) {
                    endFrame = frame;
                }
                to.accept(frame);
                resumed.await();
            }
            end.complete(new End(frames.closeCode(), true));
        } catch (IOException e) {
            end.complete(new End(frames.closeCode(), false));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            end.completeExceptionally(e);
        }
    }

    /// Reads nothing from the socket any more, but for what was begun.
    public EventSubscriber pause() {
        if (resumed.getCount() == 0) {
            resumed = new CountDownLatch(1);
        }
        return this;
    }

    public void resume() {
        resumed.countDown();
    }

    /// Sends something that asks nothing of the server.
    ///
    /// @return whether the connection took it; a server that closed it lets the second one fail
    public boolean probe() {
        try {
            frames.probe();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// Sends a message over the WebSocket, which no subscriber has reason to.
    public void say(String text) {
        try {
            frames.say(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The place that the last frame named; empty before the first.
    public String cursor() {
        return cursor;
    }

    /// The next frame, whatever it is.
    public StreamFrame next() {
        try {
            StreamFrame frame = kept.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            if (frame == null) {
                throw new AssertionError(
                        "no frame within " + DEADLINE + "; the end: " + end.getNow(new End(-1, false)));
            }
            return frame;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /// The next frame of a type; those before it are dropped.
    public StreamFrame next(String type) {
        return next(frame -> frame.type().equals(type));
    }

    /// The next event; frames that are none are dropped.
    public StreamFrame nextEvent() {
        return next("event");
    }

    /// The next frame that is wanted; those before it are dropped.
    public StreamFrame next(Predicate<StreamFrame> wanted) {
        StreamFrame frame = next();
        while (!wanted.test(frame)) {
            frame = next();
        }
        return frame;
    }

    /// All frames up to, and with, the next one of a type.
    public List<StreamFrame> until(String type) {
        List<StreamFrame> all = new ArrayList<>();
        do {
            all.add(next());
        } while (!all.getLast().type().equals(type));
        return all;
    }

    /// Whatever came and was not asked for yet.
    public List<StreamFrame> drain() {
        List<StreamFrame> all = new ArrayList<>();
        kept.drainTo(all);
        return all;
    }

    /// Waits for the end, which the server is to bring about.
    public End awaitEnd() {
        try {
            return end.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("event stream: " + e, e);
        }
    }

    public boolean isOver() {
        return end.isDone();
    }

    /// The `end` frame, once it came.
    public StreamFrame endFrame() {
        StreamFrame frame = endFrame;
        if (frame == null) {
            throw new AssertionError("there was no end frame");
        }
        return frame;
    }

    @Override
    public void close() {
        wire.close();
        resumed.countDown();
    }
}
