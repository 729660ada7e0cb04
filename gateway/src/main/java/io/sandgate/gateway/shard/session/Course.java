package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.protocol.BadFrameException;
import io.sandgate.gateway.shard.protocol.CloseRule;
import io.sandgate.gateway.shard.protocol.Frames;
import io.sandgate.gateway.shard.protocol.Payload;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.record.SessionRecord;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The states of a shard's session, and each way from one to another.
///
/// `WAITING` -> `DIALLING` -> `HELLO` -> `RESUMING`, or `QUEUED` -> `IDENTIFYING`, -> `LIVE`; from `RESUMING` and `LIVE` to
/// `FENCED` and back with the lease; from any of them to `WAITING` when the attempt ends, to `REFUSED` when the upstream says
/// that it is useless, to `DISCONNECTED` by an operator, and to `HANDING_OVER` and `RELEASED` when the replica gives it away.
///
/// The surroundings are told of a state last of all, since they may lead to the next one before they return.
final class Course implements Line.Listener {
    private static final Logger log = LoggerFactory.getLogger(Course.class);
    private static final String NOT_FRESH = "the lease is not fresh";

    private final ShardId id;
    private final ShardSession shard;
    private final ShardLease lease;
    private final SessionContext context;
    private final SessionSettings settings;
    private final Surroundings surroundings;
    private final EventStream stream;
    private final Flow flow;
    private final Ends ends;
    private final Departure departure;
    private final Permits permits;

    private ShardState state = ShardState.WAITING;
    private String note = "";
    private Attempt attempt;

    Course(ShardId id, ShardLease lease, ShardSession shard, Optional<SessionRecord> record, SessionContext context) {
        this.id = id;
        this.shard = shard;
        this.lease = lease;
        this.context = context;
        this.settings = context.settings();
        this.surroundings = context.surroundings();
        this.stream = new EventStream(id, lease, record, context, this::sinkChanged);
        this.flow = new Flow(shard, this, stream, lease, context);
        this.ends = new Ends(id, this, stream, context);
        this.departure = new Departure(this, stream, settings);
        this.permits = new Permits(id, this, lease, context);
        this.attempt = new Attempt(0, context.loop());
    }

    private void enter(ShardState next, String why) {
        if (next != state) {
            log.debug("shard.state shard={} from={} to={} attempt={} because=\"{}\"", id, state, next,
                    attempt.number(), why);
        }
        state = next;
        note = why;
    }

    /// Is in a state, or stays in it.
    void become(ShardState next, String why) {
        enter(next, why);
        flow.readOrNot();
        tell();
    }

    void tell() {
        surroundings.changed(shard);
    }

    // --- the end of an attempt --------------------------------------------------------------------------------------------

    /// Ends what there is and begins a new attempt, after a while; a shard that is being handed over is handed over instead.
    void connectAgain(Ending ending, String why) {
        if (state == ShardState.RELEASED) {
            return;
        }
        ends.settle(ending, why);
        if (state == ShardState.HANDING_OVER) {
            departure.now();
            return;
        }
        Duration wait = ends.wait(ending);
        boolean wasConnected = end(Departure.CLOSE_AND_KEEP);
        attempt = new Attempt(surroundings.nextAttempt(), context.loop());
        askForTurn(wait);
        enter(ShardState.WAITING, why);
        tellOfEnd(wasConnected);
    }

    /// Connects anew, since an operator says so.
    void restart() {
        if (state != ShardState.RELEASED && state != ShardState.HANDING_OVER) {
            ends.forget();
            connectAgain(Ending.OWN_WISH, "an operator asked for it");
        }
    }

    /// Ends the session and stays away, since an operator says so.
    void disconnect() {
        if (state != ShardState.RELEASED && state != ShardState.HANDING_OVER) {
            stream.drop("an operator disconnected it");
            stop(ShardState.DISCONNECTED, Departure.CLOSE_FOR_GOOD, "an operator disconnected it");
        }
    }

    /// Ends what there is, for the time being or forever.
    void stop(ShardState next, int code, String why) {
        boolean wasConnected = end(code);
        enter(next, why);
        tellOfEnd(wasConnected);
    }

    private boolean end(int code) {
        if (attempt.isLive()) {
            stream.seenAlive();
        }
        flow.clear();
        return attempt.end(code);
    }

    private void tellOfEnd(boolean wasConnected) {
        if (wasConnected) {
            surroundings.disconnected(shard);
        }
        tell();
    }

    /// The upstream says that there is nothing to be had.
    void refuse(CloseRule rule, int code, String why) {
        if (state == ShardState.HANDING_OVER) {
            connectAgain(Ending.REFUSED, why);
            return;
        }
        ends.settle(Ending.REFUSED, why);
        stop(ShardState.REFUSED, Upstream.NO_CODE, why);
        surroundings.refused(shard, rule, code);
    }

    // --- from one state to the next ---------------------------------------------------------------------------------------

    private void askForTurn(Duration wait) {
        Attempt mine = attempt;
        mine.within(wait, () -> mine.takeTurn(surroundings::turn, this::dial));
    }

    private void dial() {
        stream.forgetIfTooOld();
        Optional<URI> address = stream.address(surroundings.gateway());
        if (address.isEmpty() || !lease.isFresh()) {
            attempt.giveTurnBack();
            askForTurn(settings.backoff());
            become(ShardState.WAITING,
                    lease.isFresh() ? "where the upstream is to be reached is not known yet" : NOT_FRESH);
            return;
        }
        attempt.dial(GatewayUrl.of(address.get(), settings.compression()), this, ends, stream::sequence, context);
        within(settings.dialTimeout(), "no connection");
        become(ShardState.DIALLING, note);
    }

    private void within(Duration time, String orElse) {
        attempt.within(time, () -> connectAgain(Ending.TIMEOUT, orElse + " within " + time.toMillis() + " ms"));
    }

    void awaitReplay() {
        within(settings.resumeTimeout(), "no event and no RESUMED");
    }

    @Override
    public void opened() {
        within(settings.helloTimeout(), "no HELLO");
        become(ShardState.HELLO, note);
    }

    @Override
    public void hello() {
        Session known = stream.session();
        Line line = attempt.line();
        if (known == null) {
            attempt.noDeadline();
            attempt.giveTurnBack();
            permits.await();
            become(ShardState.QUEUED, note);
        } else if (line == null || !lease.isFresh()) {
            connectAgain(Ending.OWN_WISH, NOT_FRESH);
        } else {
            line.trySend(Frames.resume(settings.token(), known.id(), stream.resume()));
            become(ShardState.RESUMING, note);
        }
    }

    /// IDENTIFY was sent, which is still to be told.
    void identifying() {
        within(settings.readyTimeout(), "no READY");
        enter(ShardState.IDENTIFYING, note);
    }

    @Override
    public void event(Payload event) throws BadFrameException {
        switch (state) {
            case IDENTIFYING -> {
                if (event.type().equals("READY")) {
                    ready(event);
                }
            }
            case RESUMING, LIVE, FENCED -> flow.take(event);
            default -> {
                // an event without a session belongs to nothing; one that comes while the shard is given away comes again
            }
        }
    }

    private void ready(Payload ready) throws BadFrameException {
        stream.begin(ready);
        attempt.becomesLive();
        context.meters().identified("ready");
        log.info("shard.ready shard={} attempt={}", id, attempt.number());
        enter(ShardState.LIVE, "");
        surroundings.ready(shard);
        tell();
        event(ready);
    }

    /// RESUMED has come.
    void resumed() {
        stream.resumed();
        attempt.becomesLive();
        context.meters().resumed("resumed");
        context.meters().replayed(stream.replayed());
        log.info("shard.resumed shard={} attempt={} replayed={}", id, attempt.number(), stream.replayed());
        become(ShardState.LIVE, "");
    }

    /// The lease is not fresh.
    void fence() {
        attempt.noDeadline();
        attempt.giveTurnBack();
        become(ShardState.FENCED, NOT_FRESH);
    }

    /// The lease is fresh again.
    void unfence() {
        become(attempt.isLive() ? ShardState.LIVE : ShardState.RESUMING, "");
    }

    void leaseChanged() {
        flow.leaseChanged();
    }

    /// What waits in the sink became little or nothing, or the sink let an event go.
    private void sinkChanged() {
        if (state == ShardState.HANDING_OVER) {
            departure.sinkChanged();
        } else {
            flow.sinkChanged();
        }
    }

    Optional<SessionRecord> record() {
        if (attempt.isLive()) {
            stream.seenAlive();
        }
        return stream.record();
    }

    ShardState state() {
        return state;
    }

    String note() {
        return note;
    }

    Attempt attempt() {
        return attempt;
    }

    EventStream stream() {
        return stream;
    }

    Ends ends() {
        return ends;
    }

    Permits permits() {
        return permits;
    }

    Departure departure() {
        return departure;
    }
}
