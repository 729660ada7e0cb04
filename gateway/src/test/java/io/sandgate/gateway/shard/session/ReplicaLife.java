package io.sandgate.gateway.shard.session;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.shard.protocol.CloseRule;
import io.sandgate.gateway.shard.protocol.Compression;
import io.sandgate.gateway.shard.protocol.Payload;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.record.SessionRecord;
import io.sandgate.proxy.replicate.Loop;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/// One replica's time with the shard, and all of that process that matters to it.
///
/// It begins with a record, and ends by a hand-over or a crash, after which nothing of it does anything.
final class ReplicaLife implements Loop, Upstream, Surroundings {
    private static final long MILLI = 1_000_000;
    private static final Duration LEASE = Duration.ofSeconds(3);
    private static final SessionSettings SETTINGS = new SessionSettings("token", 1, 50, Compression.NONE, 1 << 16,
            Set.of(),
            Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(8), Duration.ofSeconds(8),
            Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(15), Duration.ofSeconds(60),
            Duration.ofMinutes(2), Duration.ofSeconds(2), 115, Duration.ofMinutes(1));

    private final SessionWorld world;
    private final SplittableRandom random;
    private final StrictUpstream upstream;
    private final Map<String, Long> accepted;
    private final ModelSink sink;
    private final ShardLease lease;
    private final ShardSession session;
    private final Map<Long, PermitFate> fates = new HashMap<>();
    private final Set<Long> given = new HashSet<>();
    private final List<StrictUpstream.Wire> wires = new ArrayList<>();
    private boolean over;
    private boolean permitInHand;
    private long lapsedUntil;
    private Optional<SessionRecord> stored;
    private String recordedSession = "";
    private long recorded;

    ReplicaLife(SessionWorld world, SplittableRandom random, StrictUpstream upstream, Optional<SessionRecord> record,
            long epoch, Map<String, Long> accepted) {
        this.world = world;
        this.random = random;
        this.upstream = upstream;
        this.accepted = accepted;
        this.stored = record;
        this.lease = new ShardLease(world::now, epoch, world.now() + LEASE.toNanos());
        this.sink = new ModelSink(world, lease, random.split(), accepted, world::complain);
        this.session = new ShardSession(new ShardId(0, 1), lease, record,
                new SessionContext("r" + epoch, SETTINGS, this, random.split(), this, sink, this,
                        () -> world.now() / MILLI, new SessionMeters(new SimpleMeterRegistry())));
    }

    ModelSink sink() {
        return sink;
    }

    ShardSession session() {
        return session;
    }

    boolean isOver() {
        return over;
    }

    void tick() {
        if (world.now() >= lapsedUntil || !world.isFaulty()) {
            lease.renew(lease.epoch(), world.now() + LEASE.toNanos());
        }
        if (random.nextInt(3) == 0 || !world.isFaulty()) {
            session.leaseChanged();
        }
        if (session.state() == ShardState.REFUSED && random.nextInt(20) == 0) {
            session.restart();
        }
        for (int i = random.nextInt(6); i > 0; i--) {
            session.requestMembers(1, "n");
        }
        stored = session.record().or(() -> stored);
        session.waiting().ifPresent(this::grant);
        sink.work();
    }

    private void grant(long attempt) {
        if (random.nextInt(8) != 0) {
            return;
        }
        long permit = world.nextPermit();
        long until = world.now() + Duration.ofSeconds(1).toNanos();
        after(Duration.ofMillis(world.isFaulty() ? random.nextInt(1_200) : 0), () -> {
            given.add(permit);
            permitInHand = until > world.now() && session.attempt() == attempt;
            session.permit(attempt, permit, until);
            permitInHand = false;
        });
    }

    void identifies() {
        if (!permitInHand) {
            world.complain("IDENTIFY without a permit");
        }
        permitInHand = false;
    }

    void checkPermits() {
        if (!over && !fates.keySet().equals(given)) {
            world.complain("permits " + given + " became " + fates);
        }
    }

    void lapse() {
        lapsedUntil = world.now() + random.nextInt(6_000) * MILLI;
        lease.renew(lease.epoch(), world.now() + random.nextInt(1_000) * MILLI);
    }

    /// The process is gone, and another one has what was stored.
    void crash() {
        end();
        world.succeed(stored);
    }

    void handOver() {
        session.handOver(record -> world.loop.execute(() -> {
            if (!over) {
                checkPermits();
                end();
                world.succeed(record);
            }
        }));
    }

    private void end() {
        over = true;
        sink.close();
        wires.forEach(StrictUpstream.Wire::lose);
    }

    void checkRecord() {
        session.record().ifPresent(record -> {
            boolean same = record.sessionId().equals(recordedSession);
            if (same && record.sequence() < recorded) {
                world.complain("the record went from " + recorded + " to " + record.sequence());
            }
            if (record.sequence() > accepted.getOrDefault(record.sessionId(), 0L)) {
                world.complain("the record says " + record.sequence() + " before the sink");
            }
            recordedSession = record.sessionId();
            recorded = record.sequence();
        });
    }

    // the loop of the process

    @Override
    public void execute(Runnable action) {
        world.loop.execute(() -> act(action));
    }

    @Override
    public Timer after(Duration delay, Runnable action) {
        return world.loop.after(delay, () -> act(action));
    }

    private void act(Runnable action) {
        if (!over) {
            action.run();
            world.check();
        }
    }

    @Override
    public long nanoTime() {
        return world.loop.nanoTime();
    }

    @Override
    public Connection dial(URI url, Listener listener) {
        StrictUpstream.Wire wire = upstream.dial(this, url, listener);
        wires.add(wire);
        return wire;
    }

    // the rest of the replica

    @Override
    public Optional<URI> gateway() {
        return world.isFaulty() && random.nextInt(10) == 0
                ? Optional.empty()
                : Optional.of(URI.create("wss://gateway.example"));
    }

    @Override
    public boolean handsOn(ShardId shard) {
        return true;
    }

    @Override
    public long nextAttempt() {
        return world.nextAttempt();
    }

    @Override
    public Runnable turn(Runnable action) {
        AtomicBoolean wanted = new AtomicBoolean(true);
        after(Duration.ofMillis(random.nextInt(500)), () -> {
            if (wanted.get()) {
                action.run();
            }
        });
        return () -> wanted.set(false);
    }

    @Override
    public void changed(ShardSession changed) {
        if (changed.state() == ShardState.FENCED) {
            world.fenced();
        }
    }

    @Override
    public void permitUsed(long permit, ShardId shard, PermitFate fate) {
        PermitFate before = fates.put(permit, fate);
        boolean legal = fate == PermitFate.REJECTED ? before == PermitFate.USED : before == null;
        if (!legal) {
            world.complain("permit " + permit + " is " + fate + " after " + before);
        }
    }

    @Override
    public void refused(ShardSession refused, CloseRule rule, int code) {
        if (refused.state() != ShardState.REFUSED) {
            world.complain("refused and " + refused.state());
        }
    }

    @Override
    public void seen(ShardSession seen, Payload event) {
        if (!lease.isFresh()) {
            world.complain("event " + event + " goes on without a lease");
        }
    }

    @Override
    public void ready(ShardSession ready) {
        if (!ready.hasSession()) {
            world.complain("ready without a session");
        }
    }

    @Override
    public void disconnected(ShardSession disconnected) {
        if (disconnected.requestMembers(1, "n")) {
            world.complain("disconnected and sends");
        }
    }
}
