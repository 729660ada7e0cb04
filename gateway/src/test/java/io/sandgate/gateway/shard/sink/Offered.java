package io.sandgate.gateway.shard.sink;

import io.sandgate.gateway.shard.protocol.RawJson;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;

import static org.awaitility.Awaitility.await;

/// Events that a test gives to a sink, and what becomes of them.
final class Offered {
    static final ShardId SHARD = new ShardId(3, 16);
    static final Backoff QUICK = new Backoff(Duration.ofMillis(1), Duration.ofMillis(5));
    static final ThreadFactory THREADS = Thread.ofVirtual().name("sink").factory();

    private final List<String> done = Collections.synchronizedList(new ArrayList<>());
    private final Set<ShardId> lost = ConcurrentHashMap.newKeySet();

    static GatewayEvent event(ShardId shard, long sequence, String data) {
        byte[] bytes = ("..." + data + "..").getBytes(StandardCharsets.UTF_8);
        return new GatewayEvent(shard, "ab\"c", sequence, "GUILD_CREATE", new RawJson(bytes, 3, bytes.length - 2));
    }

    static String line(ShardId shard, long sequence, String data) {
        return "{\"shard\":[" + shard.number() + "," + shard.count() + "],\"session\":\"ab\\\"c\",\"seq\":" + sequence
                + ",\"type\":\"GUILD_CREATE\",\"data\":" + data + "}\n";
    }

    static String lines(int from, int to) {
        StringBuilder lines = new StringBuilder();
        for (int sequence = from; sequence <= to; sequence++) {
            lines.append(line(SHARD, sequence, "{}"));
        }
        return lines.toString();
    }

    /// What is done after these were accepted.
    static List<String> accepted(int from, int to) {
        List<String> accepted = new ArrayList<>();
        for (int sequence = from; sequence <= to; sequence++) {
            accepted.add(SHARD + " " + sequence + " true");
        }
        return accepted;
    }

    void offer(EventSink sink, int from, int to) {
        for (int sequence = from; sequence <= to; sequence++) {
            offer(sink, SHARD, sequence);
        }
    }

    void offer(EventSink sink, ShardId shard, long sequence) {
        sink.offer(event(shard, sequence, "{}"), delivery(shard, sequence));
    }

    Delivery delivery(ShardId shard, long sequence) {
        return new Delivery() {
            @Override
            public boolean isCurrent() {
                return !lost.contains(shard);
            }

            @Override
            public void done(boolean accepted) {
                done.add(shard + " " + sequence + " " + accepted);
            }
        };
    }

    /// The shard's lease is over.
    void lose(ShardId shard) {
        lost.add(shard);
    }

    List<String> done() {
        return List.copyOf(done);
    }

    List<String> awaitDone(int count) {
        await().until(() -> done.size() >= count);
        return done();
    }
}
