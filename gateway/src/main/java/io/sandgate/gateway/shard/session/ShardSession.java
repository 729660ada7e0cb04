package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.protocol.Frames;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.record.SessionRecord;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One shard on this replica: keeps it connected, and hands its events on, for as long as the replica has it.
///
/// Each entry into [ShardState#WAITING] is a new attempt, with a number of its own. Whatever was begun in an attempt (timers,
/// what the connection says, permits) is dropped when it is not the present one any more.
///
/// Confined to the loop.
public final class ShardSession {
    private final ShardId id;
    private final ShardLease lease;
    private final Course course;

    /// @param record to go on with, if it is this shard's and fits
    public ShardSession(ShardId id, ShardLease lease, Optional<SessionRecord> record, SessionContext context) {
        this.id = id;
        this.lease = lease;
        this.course = new Course(id, lease, this, record, context);
    }

    /// Begins to connect, after a moment chosen at random.
    public void start() {
        course.connectAgain(Ending.OWN_WISH, "starts");
    }

    /// Begins to connect at once, since another replica has just let go of the shard.
    public void startAtOnce() {
        course.connectAgain(Ending.HANDED_OVER, "starts where another replica left off");
    }

    /// The lease was renewed, or time has passed.
    public void leaseChanged() {
        course.leaseChanged();
    }

    /// Stops, closes the connection so that the session can go on elsewhere, and tells what the next owner needs. What the sink
    /// has is waited for, but not for long.
    ///
    /// @param released told once, also when it is released already
    public void handOver(Consumer<Optional<SessionRecord>> released) {
        course.departure().handOver(released);
    }

    /// Ends without handing over: another replica has the shard, or nobody.
    ///
    /// @param forGood whether the upstream is to end the session
    public void release(boolean forGood) {
        if (forGood) {
            course.departure().forGood();
        } else {
            course.departure().now();
        }
    }

    /// A permit has come: IDENTIFY is sent now, or the permit goes back.
    ///
    /// @param attempt that it was asked for
    /// @param permit which
    /// @param usableUntil until when, by the clock of the loop
    public void permit(long attempt, long permit, long usableUntil) {
        course.permits().take(attempt, permit, usableUntil);
    }

    /// The attempt that waits for a permit, if one does.
    public Optional<Long> waiting() {
        return state() == ShardState.QUEUED ? Optional.of(attempt()) : Optional.empty();
    }

    /// Asks the upstream for all members of a guild of this shard.
    ///
    /// @return whether it was sent; not while the shard is not live, or has sent too much
    public boolean requestMembers(long guild, String nonce) {
        Line line = course.attempt().line();
        return state() == ShardState.LIVE && line != null && line.trySend(Frames.requestMembers(guild, nonce));
    }

    /// Connects anew, going on with the session if there is one; also what was refused or disconnected.
    public void restart() {
        course.restart();
    }

    /// Ends the session at the upstream, and stays away until [#restart].
    public void disconnect() {
        course.disconnect();
    }

    /// What a RESUME of its session needs; none before the sink has accepted the first event.
    public Optional<SessionRecord> record() {
        return course.record();
    }

    public ShardId id() {
        return id;
    }

    public ShardState state() {
        return course.state();
    }

    /// Which attempt it is in, or was in last; 0 before the first.
    public long attempt() {
        return course.attempt().number();
    }

    public ShardLease lease() {
        return lease;
    }

    /// Whether the upstream knows a session of it that can be resumed.
    public boolean hasSession() {
        return course.stream().session() != null;
    }

    /// As an operator sees it.
    public SessionView view() {
        EventStream stream = course.stream();
        Session session = stream.session();
        Line line = course.attempt().line();
        return new SessionView(id, state(), course.note(), lease.epoch(), attempt(), course.ends().failures(),
                session == null ? 0 : session.readyAt(), Math.max(0, stream.sequence()),
                Math.max(0, stream.accepted()), stream.waiting(), ackMillis(line), latencyMillis(line),
                line == null ? 0 : line.sends());
    }

    private static long ackMillis(@Nullable Line line) {
        return line != null && line.heartbeats().areRunning() ? line.heartbeats().age() / 1_000_000 : -1;
    }

    private static double latencyMillis(@Nullable Line line) {
        OptionalLong latency = line == null ? OptionalLong.empty() : line.heartbeats().latency();
        return latency.isPresent() ? latency.getAsLong() / 1e6 : -1;
    }
}
