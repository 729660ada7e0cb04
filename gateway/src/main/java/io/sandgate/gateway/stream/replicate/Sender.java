package io.sandgate.gateway.stream.replicate;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.replicate.Intake.NotNowException;
import io.sandgate.gateway.stream.replicate.Parcel.Names;
import io.sandgate.gateway.stream.replicate.Parcel.Page;
import io.sandgate.gateway.stream.replicate.Parcel.Range;
import io.sandgate.gateway.stream.replicate.Parcel.States;
import io.sandgate.gateway.stream.replicate.Tray.Fate;
import io.sandgate.gateway.stream.replicate.Tray.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one other replica sends here. Confined to the loop.
final class Sender {

    /*
     * Implementation notes.
     *
     * A parcel counts only if it was sent after the last one: a late one of an earlier life would bring back what that life
     * had. One that comes while another is being stored is put off, so that nothing overtakes it.
     *
     * How far the sender is known is in the log, together with the entries, and nowhere else. Where the log stored something
     * behind something that it lost, that place is no proof any more: a place of no life is noted instead, and the sender
     * tells its state.
     */

    private static final Logger log = LoggerFactory.getLogger(Sender.class);
    private static final Cursor UNSURE = new Cursor("unsure", 0);

    private final String id;
    private final Tray tray;
    private @Nullable Stamp newest;
    private boolean isBusy;
    private @Nullable StateIntake state;

    Sender(String id, Tray tray) {
        this.id = id;
        this.tray = tray;
    }

    void take(Parcel parcel, CompletableFuture<Reply> answer) {
        if (newest != null && !parcel.stamp().isAfter(newest)) {
            answer.complete(refusal());
            return;
        }
        if (isBusy) {
            answer.completeExceptionally(new NotNowException("what " + id + " sent before is still being stored"));
            return;
        }
        newest = parcel.stamp();
        isBusy = true;
        CompletionStage<Reply> stored = switch (parcel) {
            case Range range -> range(range);
            case Names names -> names(names);
            case States states -> states(states);
        };
        stored.whenComplete((reply, error) -> tray.loop().execute(() -> {
            isBusy = false;
            if (error == null) {
                answer.complete(reply);
            } else {
                answer.completeExceptionally(error);
            }
        }));
    }

    private Optional<Cursor> heard() {
        return tray.heard(id);
    }

    private Reply refusal() {
        return new Reply(false, heard());
    }

    private CompletionStage<Reply> refused() {
        return CompletableFuture.completedStage(refusal());
    }

    // --- a range ------------------------------------------------------------------------------------------------------------

    private CompletionStage<Reply> range(Range range) {
        Optional<Cursor> known = heard().filter(heard -> heard.epoch().equals(range.after().epoch()));
        if (known.isEmpty() || known.get().seq() < range.after().seq()) {
            return refused();
        }
        long reached = known.get().seq();
        List<Relayed> fresh = range.entries().stream().filter(entry -> entry.cursor().seq() > reached).toList();
        tray.meters().duplicates(range.entries().size() - fresh.size());
        return store(fresh, Optional.empty()).thenApply(done -> {
            if (range.to() > reached) {
                tray.noteHeard(id, range.after().at(range.to()));
            }
            return new Reply(true, Optional.of(range.after().at(Math.max(reached, range.to()))));
        });
    }

    /// Fails when not all of them are stored; what is stored before the first that is not need not come again.
    private CompletionStage<Void> store(List<Relayed> entries, Optional<StateIntake> forState) {
        return onLoop(tray.append(id, entries)).thenAccept(outcome -> {
            for (int i = 0; i < outcome.fates().size(); i++) {
                Relayed entry = entries.get(i);
                switch (outcome.fates().get(i)) {
                    case STORED -> {
                        tray.meters().received(1);
                        forState.ifPresent(taking -> taking.stored(entry));
                    }
                    case REFUSED -> {
                        // it would be refused for ever, and hold up all that is behind it
                        tray.meters().refused();
                        log.warn("events.refused from={} cursor={} kind={} (this log takes no such event)", id,
                                entry.cursor(), entry.event().kind());
                    }
                    case LOST -> {
                        // it comes again
                    }
                }
            }
            if (outcome.hasHole()) {
                tray.noteHeard(id, UNSURE);
            }
            requireNoneLost(outcome);
        });
    }

    private void requireNoneLost(Outcome outcome) {
        if (outcome.isAnyLost()) {
            throw new NotNowException("the log of this replica did not store what " + id + " sent");
        }
    }

    // --- a state ------------------------------------------------------------------------------------------------------------

    private CompletionStage<Reply> names(Names names) {
        if (names.page().number() == 0) {
            return onLoop(tray.state()).thenCompose(here -> {
                StateIntake taking = new StateIntake(id, names.page(), here, heard());
                state = taking;
                return named(taking, names);
            });
        }
        return page(names.page(), taking -> named(taking, names));
    }

    private CompletionStage<Reply> named(StateIntake taking, Names names) {
        taking.named(names.subjects());
        CompletionStage<Void> ended = names.last() ? end(taking) : CompletableFuture.completedStage(null);
        return ended.thenApply(done -> {
            taking.taken();
            return new Reply(true, heard());
        });
    }

    /// Writes the ends of what was not named, some at a time: the log's queue has a bound.
    private CompletionStage<Void> end(StateIntake taking) {
        List<StateIntake.Ended> ends = taking.unnamed(tray.clock().instant());
        if (ends.isEmpty()) {
            return CompletableFuture.completedStage(null);
        }
        return onLoop(tray.appendOwn(ends.stream().map(StateIntake.Ended::event).toList())).thenCompose(outcome -> {
            for (int i = 0; i < outcome.fates().size(); i++) {
                if (outcome.fates().get(i) != Fate.LOST) {
                    taking.ended(ends.get(i));
                    tray.meters().ended(1);
                }
            }
            requireNoneLost(outcome);
            return end(taking);
        });
    }

    private CompletionStage<Reply> states(States states) {
        return page(states.page(), taking -> store(taking.wanted(states.entries()), Optional.of(taking))
                .thenApply(done -> {
                    taking.taken();
                    if (states.last()) {
                        tray.noteHeard(id, states.page().place());
                        state = null;
                        tray.meters().tookState();
                    }
                    return new Reply(true, heard());
                }));
    }

    /// Takes a page if it is the next one; the one before is here already, and its answer was lost.
    private CompletionStage<Reply> page(Page page, Function<StateIntake, CompletionStage<Reply>> take) {
        StateIntake taking = state;
        if (taking == null || !taking.isOf(page)) {
            return refused();
        }
        if (taking.isNext(page)) {
            return take.apply(taking);
        }
        return taking.isLast(page) ? CompletableFuture.completedStage(new Reply(true, heard())) : refused();
    }

    /// Goes on with something on the loop.
    private <T> CompletionStage<T> onLoop(CompletionStage<T> work) {
        return work.thenApplyAsync(result -> result, tray.loop());
    }
}
