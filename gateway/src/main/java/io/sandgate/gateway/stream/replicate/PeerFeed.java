package io.sandgate.gateway.stream.replicate;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.EventReader.Extent;
import io.sandgate.gateway.stream.event.EventReader.Loss;
import io.sandgate.gateway.stream.event.EventReader.Read;
import io.sandgate.gateway.stream.replicate.Parcel.Range;
import io.sandgate.gateway.stream.replicate.Parcel.States;
import io.sandgate.membership.Member;
import io.sandgate.proxy.replicate.Loop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the log of this replica for one peer, and sends it what is this replica's own. Confined to the loop, but for
/// [#behind].
final class PeerFeed {

    /*
     * Implementation notes.
     *
     * Phases: PARKED -> READING -> PARKED, or READING -> QUEUED (for a permit) -> SENDING -> PARKED or RESTING (after a
     * failure) -> PARKED, and any -> CLOSED. Only PARKED starts something, so there is one request at a time. Whoever leaves
     * READING with nothing found looks again whether the tip moved: a call of the waker that came meanwhile was ignored.
     *
     * The log is the outbox: `place` is where the peer is, `told` what it was told of that. Entries that the peer does not
     * need move the place alone. A failed request changes neither, and the same is read again.
     *
     * What the peer knows is only ever learned from its answers. So a replica that was paused, or a peer that came back with
     * less than it had, needs no case of its own. Without a place an empty range at the tip asks for it.
     *
     * Each read and each request has a number; what comes for an older one is dropped. A permit belongs to the request and
     * is given back when that ends, also when the feed has been closed meanwhile.
     */

    /// What all feeds of a replica share.
    record Surroundings(String self, ReplicationSettings settings, FeedLog log, PunctualTransport transport, Loop loop,
            Permits permits, Supplier<Stamp> stamps, Function<Duration, Duration> jitter, ReplicationMeters meters) {}

    private static final Logger log = LoggerFactory.getLogger(PeerFeed.class);

    /// From so many failures in a row on the peer is spoken of.
    private static final int NOTABLE = 3;

    private enum Phase {
        PARKED, READING, QUEUED, SENDING, RESTING, CLOSED
    }

    private final Surroundings around;
    private Member peer;
    private Phase phase = Phase.PARKED;
    private @Nullable Cursor place;
    private long told;
    private @Nullable StateOffer offer;
    private int failures;
    private long attempt;
    /// The number of the place, or 0; for metrics.
    private volatile long reached;

    PeerFeed(Member peer, Surroundings around) {
        this.peer = peer;
        this.around = around;
    }

    Member peer() {
        return peer;
    }

    /// The same life of the peer announced another address or state.
    void moved(Member to) {
        peer = to;
    }

    /// How many entries up to a tip the peer may not know; may be called from any thread.
    long behind(long tip) {
        return Math.max(0, tip - reached);
    }

    void close() {
        phase = Phase.CLOSED;
        offer = null;
    }

    /// Goes on, unless something is under way.
    void wake() {
        if (phase != Phase.PARKED) {
            return;
        }
        Cursor from = place;
        if (offer != null) {
            queue(offer::parcel);
        } else if (from == null) {
            Cursor tip = around.log().extent().end();
            queue(stamp -> new Range(stamp, tip, tip.seq(), List.of()));
        } else {
            read(from);
        }
    }

    private void goOn() {
        phase = Phase.PARKED;
        wake();
    }

    private void at(@Nullable Cursor now) {
        place = now;
        reached = now == null ? 0 : now.seq();
    }

    // --- reading ------------------------------------------------------------------------------------------------------------

    private void read(Cursor from) {
        begin(Phase.READING, around.log().read(from), found -> {
            switch (found) {
                case Read.Entries some -> scanned(from, some.entries());
                case Read.AtTip _,Read.Stored _ -> atTip(from);
                case Read.Lost(Loss loss) -> tellState("loss=" + loss);
            }
        });
    }

    private void scanned(Cursor from, List<Entry> entries) {
        long last = entries.getLast().seq();
        List<Relayed> own = entries.stream().filter(entry -> StateOffer.isTold(around.self(), entry))
                .map(StateOffer::relayed).toList();
        if (own.isEmpty() && last - told < around.settings().tellAfter()) {
            at(from.at(last));
            goOn();
        } else {
            Cursor after = from.at(told);
            queue(stamp -> new Range(stamp, after, last, own));
        }
    }

    private void atTip(Cursor from) {
        phase = Phase.PARKED;
        if (!around.log().extent().end().equals(from)) {
            wake();
        }
    }

    private void tellState(String why) {
        log.info("events.resync peer={} {}", peer.id(), why);
        around.meters().toldState();
        begin(Phase.READING, around.log().offer(around.stamps().get().number()), made -> {
            offer = made;
            goOn();
        });
    }

    /// Waits for work, and goes on with it on the loop if nothing else began meanwhile.
    private <T> void begin(Phase during, CompletionStage<T> work, Consumer<T> then) {
        phase = during;
        long number = ++attempt;
        work.whenComplete((result, error) -> around.loop().execute(() -> {
            if (number == attempt && phase == during) {
                if (error == null) {
                    then.accept(result);
                } else {
                    failed(during == Phase.READING ? "read: " + error : error.toString());
                }
            }
        }));
    }

    // --- sending ------------------------------------------------------------------------------------------------------------

    private void queue(Function<Stamp, Parcel> maker) {
        phase = Phase.QUEUED;
        boolean isDoubted = failures > 0;
        around.permits().acquire(isDoubted, () -> {
            if (phase == Phase.CLOSED) {
                around.permits().release(isDoubted);
            } else {
                send(maker.apply(around.stamps().get()), isDoubted);
            }
        });
    }

    private void send(Parcel parcel, boolean isDoubted) {
        CompletionStage<Reply> reply = around.transport().send(peer, parcel, around.settings().timeout());
        reply.whenComplete((some, error) -> around.permits().release(isDoubted));
        begin(Phase.SENDING, reply, answer -> answered(parcel, answer));
    }

    private void answered(Parcel parcel, Reply reply) {
        if (!reply.taken()) {
            refused(parcel, reply.heard());
            return;
        }
        switch (parcel) {
            case Range range -> {
                around.meters().sent(range.entries().size());
                recovered();
                if (!isBehind(range, reply.heard())) {
                    at(range.after().at(range.to()));
                    told = range.to();
                }
            }
            default -> pageTaken(parcel);
        }
        goOn();
    }

    /// Goes to the place that the peer says when it has more than the range, which came before by another request.
    private boolean isBehind(Range range, Optional<Cursor> heard) {
        if (heard.isPresent() && heard.get().seq() > range.to() && isInLog(heard.get())) {
            at(heard.get());
            told = heard.get().seq();
            return true;
        }
        return false;
    }

    private void pageTaken(Parcel parcel) {
        if (parcel instanceof States states) {
            around.meters().sent(states.entries().size());
        }
        StateOffer present = offer;
        if (present != null && present.taken()) {
            recovered();
            at(present.place());
            told = present.place().seq();
            offer = null;
        }
    }

    private void refused(Parcel parcel, Optional<Cursor> heard) {
        boolean wasState = offer != null;
        offer = null;
        boolean isKnown = heard.isPresent() && isInLog(heard.get());
        Cursor before = parcel instanceof Range range ? range.after() : null;
        if (isKnown) {
            at(heard.get());
            told = heard.get().seq();
        } else {
            at(null);
        }
        if (wasState || (isKnown && heard.get().equals(before))) {
            // a peer that refuses all must not be asked without a rest
            failed("refused, heard=" + heard.map(Cursor::toString).orElse("nothing"));
        } else if (isKnown) {
            goOn();
        } else {
            tellState("heard=" + heard.map(Cursor::toString).orElse("nothing"));
        }
    }

    private boolean isInLog(Cursor heard) {
        Extent extent = around.log().extent();
        return heard.epoch().equals(extent.epoch()) && heard.seq() <= extent.tip();
    }

    private void recovered() {
        if (failures >= NOTABLE) {
            log.info("events.peer.recovered peer={} failures={}", peer.id(), failures);
        }
        failures = 0;
    }

    private void failed(String cause) {
        failures++;
        around.meters().failed();
        if (failures == NOTABLE) {
            log.warn("events.peer.failing peer={} address={} cause={} (it is tried again)", peer.id(), peer.peer(),
                    cause);
        }
        phase = Phase.RESTING;
        long number = ++attempt;
        around.loop().after(around.jitter().apply(around.settings().backoffAfter(failures)), () -> {
            if (number == attempt && phase == Phase.RESTING) {
                goOn();
            }
        });
    }
}
