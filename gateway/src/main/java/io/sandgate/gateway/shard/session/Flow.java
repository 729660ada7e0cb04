package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.protocol.BadFrameException;
import io.sandgate.gateway.shard.protocol.Payload;

/// Whether the events of a session are read and handed on now: while the lease is fresh, and as far as the sink keeps up.
///
/// When the lease is not fresh the connection stays, with its heartbeats, and what was read already is kept; so that the
/// session goes on without a RESUME once it is fresh again, unless the sink has let an event go.
final class Flow {
    private static final String LET_GO = "events were not handed on while the lease was not fresh";

    private final ShardSession shard;
    private final Course course;
    private final EventStream stream;
    private final SessionContext context;
    private final ShardLease lease;
    private final Inbox inbox = new Inbox();

    Flow(ShardSession shard, Course course, EventStream stream, ShardLease lease,
            SessionContext context) {
        this.shard = shard;
        this.course = course;
        this.stream = stream;
        this.context = context;
        this.lease = lease;
    }

    /// Whether events are handed on, unless the lease is found not to be fresh.
    boolean isOn() {
        return course.state() == ShardState.LIVE || course.state() == ShardState.RESUMING;
    }

    private boolean isFenced() {
        return course.state() == ShardState.FENCED;
    }

    /// An event came.
    void take(Payload event) throws BadFrameException {
        leaseChanged();
        if (isOn()) {
            pass(event);
        } else if (isFenced() && !inbox.offer(event)) {
            course.connectAgain(Ending.OWN_WISH, "too much came while the lease was not fresh");
        }
    }

    private void pass(Payload event) throws BadFrameException {
        if (stream.advance(event)) {
            context.surroundings().seen(shard, event);
            stream.handOn(event);
        }
        if (course.state() == ShardState.RESUMING && event.type().equals(EventStream.RESUMED)) {
            course.resumed();
        }
        readOrNot();
    }

    /// The lease was renewed, or time has passed.
    void leaseChanged() {
        if (isOn() && !lease.isFresh()) {
            course.fence();
        } else if (isFenced() && lease.isFresh()) {
            goOn();
        }
    }

    private void goOn() {
        if (stream.isBroken()) {
            course.connectAgain(Ending.OWN_WISH, LET_GO);
            return;
        }
        course.unfence();
        try {
            while (isOn() && lease.isFresh() && !inbox.isEmpty()) {
                pass(inbox.remove());
            }
        } catch (BadFrameException e) {
            course.ends().badFrame(String.valueOf(e.getMessage()));
        }
        if (isOn() && lease.isFresh()) {
            readOrNot();
        } else {
            leaseChanged();
        }
    }

    /// What waits in the sink became little, or the sink let an event go.
    void sinkChanged() {
        if (!isOn() || !lease.isFresh()) {
            leaseChanged();
        } else if (stream.isBroken()) {
            course.connectAgain(Ending.OWN_WISH, LET_GO);
        } else {
            readOrNot();
        }
    }

    /// Reads, or not. Heartbeats go on in any case, and there is no deadline for what is not read. What comes before there is a
    /// session is read in any case.
    void readOrNot() {
        Attempt attempt = course.attempt();
        Line line = attempt.line();
        if (line == null || !(isOn() || isFenced() || course.state() == ShardState.HANDING_OVER)) {
            return;
        }
        boolean wanted = isOn() && stream.hasRoom() && inbox.isEmpty();
        line.reading(wanted);
        if (course.state() == ShardState.RESUMING) {
            if (wanted) {
                course.awaitReplay();
            } else {
                attempt.noDeadline();
            }
        }
    }

    /// Forgets what was kept.
    void clear() {
        inbox.clear();
    }
}
