package io.sandgate.gateway.shard.session;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.shard.VirtualLoop;
import io.sandgate.gateway.shard.protocol.Compression;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.record.SessionRecord;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/// One session on virtual time, with all that is around it in a test's hands.
final class Bench {
    static final ShardId SHARD = new ShardId(3, 16);
    static final long INTENTS = 513;
    static final Duration SECOND = Duration.ofSeconds(1);
    static final Duration MINUTE = Duration.ofMinutes(1);
    private static final long EPOCH = 7;

    final VirtualLoop loop = new VirtualLoop(-Duration.ofMinutes(3).toNanos());
    final FakeUpstream upstream = new FakeUpstream();
    final FakeSink sink = new FakeSink();
    final FakeSurroundings around = new FakeSurroundings(loop);
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final ShardLease lease = new ShardLease(loop::nanoTime, EPOCH, loop.nanoTime() + Duration.ofHours(9).toNanos());
    final SessionSettings settings;
    final SessionContext context;
    ShardSession session;

    Bench() {
        this(Optional.empty(), Compression.NONE, Set.of());
    }

    Bench(Optional<SessionRecord> record, Compression compression, Set<String> events) {
        settings = new SessionSettings("a-secret-token", INTENTS, 50, compression, 1 << 16, events,
                SECOND.multipliedBy(10),
                SECOND.multipliedBy(20), SECOND.multipliedBy(15), SECOND.multipliedBy(30), SECOND, SECOND,
                SECOND.multipliedBy(64), MINUTE, MINUTE.multipliedBy(4), SECOND.multipliedBy(2), 115, MINUTE);
        long start = loop.nanoTime();
        context = new SessionContext("r1", settings, loop, new SplittableRandom(1), upstream, sink, around,
                () -> 1_700_000_000_000L + (loop.nanoTime() - start) / 1_000_000, new SessionMeters(meters));
        session = new ShardSession(SHARD, lease, record, context);
    }

    /// With a record of a session with 10 events.
    static Bench withRecord() {
        return new Bench(Optional.of(record(10)), Compression.NONE, Set.of());
    }

    static SessionRecord record(long sequence) {
        return new SessionRecord(SHARD, EPOCH - 1, "r0", "old", URI.create("wss://resume.example"), sequence, INTENTS,
                "NONE", 1_699_999_000_000L, 1_700_000_000_000L - 1_000);
    }

    /// As another replica finds it that takes the shard over.
    ShardSession successor(Optional<SessionRecord> record) {
        return new ShardSession(SHARD, lease, record, context);
    }

    /// Runs until the next dial, and returns it.
    FakeUpstream.Dial dial() {
        int before = upstream.dials.size();
        for (int i = 0; i < 2_000 && upstream.dials.size() == before; i++) {
            loop.run(Duration.ofMillis(100));
        }
        if (upstream.dials.size() == before) {
            throw new IllegalStateException("no dial: " + session.view());
        }
        return upstream.last();
    }

    /// Starts it, and has it connected to where it waits for a permit or for its RESUME to be answered.
    FakeUpstream.Dial connected() {
        session.start();
        return helloed(dial());
    }

    FakeUpstream.Dial helloed(FakeUpstream.Dial dial) {
        dial.open();
        dial.hello();
        return dial;
    }

    /// Runs until the session has dialled anew and said RESUME.
    FakeUpstream.Dial resuming() {
        return helloed(dial());
    }

    /// Runs until the session has resumed, without an event of its own for RESUMED.
    FakeUpstream.Dial resumed() {
        FakeUpstream.Dial dial = resuming();
        dial.event(resumeSequence(dial), "RESUMED");
        return dial;
    }

    static long resumeSequence(FakeUpstream.Dial dial) {
        return dial.sent(6).getLast().getJsonObject("d").getLong("seq");
    }

    /// Starts it without a record, and has it live with the session `first`.
    FakeUpstream.Dial live() {
        FakeUpstream.Dial dial = connected();
        permit(1);
        dial.ready("first");
        return dial;
    }

    void permit(long permit) {
        session.permit(session.attempt(), permit, loop.nanoTime() + SECOND.toNanos());
    }

    void expireLease() {
        lease.renew(EPOCH, loop.nanoTime());
        session.leaseChanged();
    }

    void renewLease() {
        lease.renew(EPOCH, loop.nanoTime() + Duration.ofHours(9).toNanos());
        session.leaseChanged();
    }

    /// Runs for a time in which each heartbeat is acknowledged.
    void runAnswered(Duration time) {
        for (long i = 0; i < time.toSeconds(); i++) {
            FakeUpstream.Dial dial = upstream.last();
            int beats = dial.sent(1).size();
            loop.run(SECOND);
            if (dial.sent(1).size() > beats && dial.closedWith == 0) {
                dial.ack();
            }
        }
    }

    SessionView view() {
        return session.view();
    }

    double count(String name, String... tags) {
        return Optional.ofNullable(meters.find("sandgate.shards." + name).tags(tags).counter()).map(c -> c.count())
                .orElse(0.0);
    }

    static JsonObject data(FakeUpstream.Dial dial, int op) {
        return dial.sent(op).getLast().getJsonObject("d");
    }
}
