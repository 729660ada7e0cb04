package io.sandgate.gateway.shard.sink;

import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.sandgate.gateway.stream.event.EventAppender;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Appends each line to the log, and waits until it has them all.
///
/// @param log where to
/// @param clock when they came
/// @param timeout the longest wait
record StreamTarget(EventAppender log, InstantSource clock, Duration timeout) implements LineTarget {
    static final String KIND = "shard.event";

    @Override
    public void take(ByteBuffer lines) throws NotTakenException, InterruptedException {
        Instant now = clock.instant();
        List<CompletableFuture<?>> stored = new ArrayList<>();
        byte[] bytes = lines.array();
        int begin = lines.arrayOffset() + lines.position();
        int end = begin + lines.remaining();
        for (int i = begin; i < end; i++) {
            if (bytes[i] == '\n') {
                String line = new String(bytes, begin, i - begin, StandardCharsets.UTF_8);
                stored.add(log.append(event(now, line)).toCompletableFuture());
                begin = i + 1;
            }
        }
        await(CompletableFuture.allOf(stored.toArray(CompletableFuture[]::new)));
    }

    private static Event event(Instant now, String data) {
        return new Event(KIND, "", false, now, "", "", Map.of(), data, Reach.CLUSTER);
    }

    private void await(CompletableFuture<?> all) throws NotTakenException, InterruptedException {
        try {
            all.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new NotTakenException("the event log lost it: " + e.getCause(), Duration.ZERO);
        } catch (TimeoutException e) {
            throw new NotTakenException("not in the event log after " + timeout.toMillis() + " ms", Duration.ZERO);
        }
    }

    @Override
    public void close() {
        // the log is not its own
    }
}
