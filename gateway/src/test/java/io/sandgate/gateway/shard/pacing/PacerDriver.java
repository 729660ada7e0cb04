package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.pacing.PermitReport.Kind;
import io.sandgate.gateway.shard.protocol.SessionStartLimit;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// A pacer under test, its clock, which wraps while the test runs, and what its listener heard. Members poll and are answered
/// at once.
final class PacerDriver implements PacingListener {
    static final Duration WINDOW = Duration.ofMillis(5250);
    static final Duration LIFE = Duration.ofSeconds(1);
    static final Duration TICK = Duration.ofNanos(1);
    static final int COUNT = 1024;

    final List<String> heard = new ArrayList<>();
    final List<Duration> gaps = new ArrayList<>();
    final IdentifyPacer pacer;
    long now = Long.MAX_VALUE - Duration.ofSeconds(2).toNanos();

    PacerDriver(PacingSettings settings) {
        pacer = new IdentifyPacer(settings, this, 1, now);
    }

    /// One that knows its limits and has nobody before it to wait for.
    static PacerDriver open(PacingSettings settings, int remaining, int keys) {
        PacerDriver driver = new PacerDriver(settings);
        driver.pass(LIFE.plus(WINDOW));
        driver.limit(remaining, keys);
        return driver;
    }

    static PacerDriver open(int keys) {
        return open(PacingSettings.DEFAULTS, 1000, keys);
    }

    void limit(int remaining, int keys) {
        pacer.limit(new SessionStartLimit(1000, remaining, Duration.ofHours(20), keys), now, now);
    }

    void pass(Duration time) {
        now += time.toNanos();
    }

    static Waiting cold(int shard) {
        return cold(shard, 1);
    }

    static Waiting cold(int shard, long attempt) {
        return new Waiting(new ShardId(shard, COUNT), attempt, true);
    }

    static Waiting warm(int shard) {
        return new Waiting(new ShardId(shard, COUNT), 1, false);
    }

    boolean poll(String member, Waiting... waiting) {
        return pacer.poll(member, 1, List.of(waiting), List.of(), now);
    }

    void report(String member, PermitReport report, Waiting... waiting) {
        pacer.poll(member, 1, List.of(waiting), List.of(report), now);
    }

    static PermitReport reportOf(Permit permit, Kind kind) {
        return new PermitReport(permit.id(), permit.shard(), kind);
    }

    List<Permit> grants(String member) {
        return pacer.grants(member, now, now);
    }

    /// Polls and says which shards may go.
    List<Integer> ask(String member, Waiting... waiting) {
        poll(member, waiting);
        return grants(member).stream().map(permit -> permit.shard().number()).toList();
    }

    /// Polls and takes the only permit that comes.
    Permit take(String member, Waiting... waiting) {
        poll(member, waiting);
        List<Permit> granted = grants(member);
        if (granted.size() != 1) {
            throw new AssertionError("permits: " + granted + " (expected: one)");
        }
        return granted.getFirst();
    }

    /// How long it is until something can change without a poll.
    Duration untilChange() {
        OptionalLong next = pacer.nextChange(now);
        return Duration.ofNanos(next.orElseThrow(() -> new AssertionError("nothing can change")) - now);
    }

    PacingView view() {
        return pacer.view(now);
    }

    @Override
    public void granted(Permit permit, int key, Duration waited) {
        heard.add("granted " + permit.shard() + " key " + key + " after " + waited);
    }

    @Override
    public void gap(int key, Duration gap) {
        gaps.add(gap);
    }

    @Override
    public void unused(Permit permit) {
        heard.add("unused " + permit.shard());
    }

    @Override
    public void expired(Permit permit) {
        heard.add("expired " + permit.shard());
    }

    @Override
    public void rejected(ShardId shard, Duration margin) {
        heard.add("rejected " + shard + " margin " + margin);
    }
}
