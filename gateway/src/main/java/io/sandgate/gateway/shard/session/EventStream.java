package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.protocol.BadFrameException;
import io.sandgate.gateway.shard.protocol.Payload;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.record.SessionRecord;
import io.sandgate.gateway.shard.sink.GatewayEvent;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The session that the upstream gave, if there is one, and how far its events came: from the upstream, over any connection,
/// and to the sink.
///
/// Events of a session that was dropped are still handed on, since nobody will send them again. Confined to the loop.
final class EventStream {
    private static final Logger log = LoggerFactory.getLogger(EventStream.class);
    /// After so many RESUMEs that came to nothing a new session is asked for.
    private static final int MAX_LOST_RESUMES = 2;
    static final String RESUMED = "RESUMED";

    private final ShardId id;
    private final ShardLease lease;
    private final SessionContext context;
    private final SessionSettings settings;
    private final Outflow outflow;
    /// Runs on the loop.
    private final Runnable sinkChanged;

    private @Nullable Session session;
    private DeliveryWindow window;
    /// Of the last event that came; -1 before the first.
    private long sequence = -1;
    /// Events since the last RESUME.
    private long replayed;
    private int lostResumes;
    /// Whether the address to resume at could not be reached, so that the next dial goes to the gateway.
    private boolean resumeUrlFailed;
    /// When the session was last known to be alive, in milliseconds of the time of day.
    private long lastAlive;

    /// @param record to go on with, if it is this shard's and fits
    EventStream(ShardId id, ShardLease lease, Optional<SessionRecord> record, SessionContext context,
            Runnable sinkChanged) {
        this.id = id;
        this.lease = lease;
        this.context = context;
        this.settings = context.settings();
        this.outflow = new Outflow(lease);
        this.sinkChanged = sinkChanged;
        this.window = newWindow(0);
        record.filter(this::fits).ifPresent(this::adopt);
    }

    private boolean fits(SessionRecord record) {
        return record.shard().equals(id) && record.intents() == settings.intents()
                && record.compression().equals(settings.compression().name())
                && Session.isNamed(record.sessionId()) && record.sequence() >= 0
                && context.timeOfDay().getAsLong() - record.updatedAt() < settings.recordLife().toMillis();
    }

    private void adopt(SessionRecord record) {
        session = new Session(record.sessionId(), record.resumeUrl(), record.readyAt());
        sequence = record.sequence();
        window = newWindow(sequence);
        lastAlive = record.updatedAt();
    }

    private DeliveryWindow newWindow(long from) {
        return new DeliveryWindow(context.sink(), outflow, from, () -> context.loop().execute(sinkChanged));
    }

    @Nullable
    Session session() {
        return session;
    }

    // --- where to connect -------------------------------------------------------------------------------------------------

    /// The address to dial; none while it is not known.
    ///
    /// @param gateway where new sessions begin
    Optional<URI> address(Optional<URI> gateway) {
        Session now = session;
        return now != null && (!resumeUrlFailed || gateway.isEmpty()) ? Optional.of(now.resumeUrl()) : gateway;
    }

    /// The address of the last dial is of no use: the next one goes to the other one, if there are two.
    void unreachable() {
        resumeUrlFailed = session != null && !resumeUrlFailed;
    }

    void forgetIfTooOld() {
        if (session != null && context.timeOfDay().getAsLong() - lastAlive >= settings.recordLife().toMillis()) {
            drop("it was not connected for too long");
        }
    }

    // --- the session's life -----------------------------------------------------------------------------------------------

    /// READY came, which is the first event of a new session.
    void begin(Payload ready) throws BadFrameException {
        session = Session.of(ready, context.timeOfDay().getAsLong());
        sequence = ready.sequence() - 1;
        window = newWindow(sequence);
        lostResumes = 0;
        resumeUrlFailed = false;
        seenAlive();
    }

    /// The session is about to be resumed.
    ///
    /// @return the sequence after which it goes on: what the sink let go comes again
    long resume() {
        if (window.isBroken()) {
            window = newWindow(Math.max(0, window.accepted()));
        }
        sequence = window.received();
        replayed = 0;
        return sequence;
    }

    /// RESUMED came.
    void resumed() {
        lostResumes = 0;
        resumeUrlFailed = false;
        seenAlive();
    }

    /// A RESUME ended without RESUMED. If no event came either, it may be the session that is to blame.
    void resumeLost() {
        lostResumes = replayed > 0 ? 0 : lostResumes + 1;
        if (lostResumes >= MAX_LOST_RESUMES) {
            drop(lostResumes + " RESUMEs came to nothing");
        }
    }

    /// The upstream knows the session at this moment.
    void seenAlive() {
        lastAlive = context.timeOfDay().getAsLong();
    }

    /// The session is none any more.
    void drop(String why) {
        if (session != null) {
            log.info("shard.session_dropped shard={} because=\"{}\"", id, why);
        }
        session = null;
        sequence = -1;
        lostResumes = 0;
        resumeUrlFailed = false;
        window = newWindow(0);
    }

    /// Nothing is handed on any more, of any session.
    void close() {
        outflow.close();
    }

    // --- events -----------------------------------------------------------------------------------------------------------

    /// Counts an event in.
    ///
    /// @return whether it is one: a RESUMED may come without a sequence of its own
    boolean advance(Payload event) throws BadFrameException {
        boolean marker = event.type().equals(RESUMED);
        if (marker && event.sequence() == sequence) {
            return false;
        }
        if (event.sequence() <= sequence) {
            throw new BadFrameException("event " + event.type() + ": sequence " + event.sequence()
                    + " (expected: more than " + sequence + ")");
        }
        if (event.sequence() > sequence + 1) {
            context.meters().skipped(event.sequence() - sequence - 1);
        }
        sequence = event.sequence();
        if (!marker) {
            replayed++;
            seenAlive();
        }
        return true;
    }

    /// Hands on the event that was counted in last, or leaves it out.
    void handOn(Payload event) {
        Session now = session;
        if (now == null || !context.surroundings().handsOn(id) || !isWanted(event.type())) {
            window.skip(event.sequence());
        } else {
            window.offer(new GatewayEvent(id, now.id(), event.sequence(), event.type(), event.data()));
        }
    }

    private boolean isWanted(String type) {
        return settings.events().isEmpty() || settings.events().contains(type);
    }

    /// Of the last event that came; -1 before the first.
    long sequence() {
        return sequence;
    }

    /// How many events came since the last RESUME.
    long replayed() {
        return replayed;
    }

    /// Up to which event the sink has accepted everything.
    long accepted() {
        return window.accepted();
    }

    /// Whether the sink let an event go, so that the session has to be resumed for it to come again.
    boolean isBroken() {
        return window.isBroken();
    }

    boolean hasRoom() {
        return outflow.hasRoom();
    }

    /// Whether there is nothing to wait for of the sink. If there is, it is told when there is not any more.
    boolean isSettled() {
        return window.isBroken() || outflow.isEmpty();
    }

    int waiting() {
        return outflow.waiting();
    }

    /// What a RESUME of the session needs; none before the sink has accepted the first event.
    Optional<SessionRecord> record() {
        Session now = session;
        long accepted = window.accepted();
        if (now == null || accepted < 1) {
            return Optional.empty();
        }
        return Optional.of(new SessionRecord(id, lease.epoch(), context.self(), now.id(), now.resumeUrl(), accepted,
                settings.intents(), settings.compression().name(), now.readyAt(), lastAlive));
    }
}
