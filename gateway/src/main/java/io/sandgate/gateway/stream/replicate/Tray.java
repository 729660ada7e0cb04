package io.sandgate.gateway.stream.replicate;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.EventAppender;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.event.Origin;
import io.sandgate.gateway.stream.event.ReplicatedAppender;
import io.sandgate.proxy.replicate.Loop;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The log of this replica as what is received gets into it. Its methods are called on the loop.
record Tray(EventReader reader, EventAppender own, ReplicatedAppender others, Loop loop, Executor workers,
        InstantSource clock, ReplicationMeters meters) {

    /// What became of an append.
    enum Fate {
        /// It can be read.
        STORED,
        /// The log takes no such event, now or later.
        REFUSED,
        /// It may be stored another time.
        LOST
    }

    /// What became of some appends that were made one after the other.
    record Outcome(List<Fate> fates) {
        boolean isAnyLost() {
            return fates.contains(Fate.LOST);
        }

        /// Whether something is stored behind something that was lost.
        boolean hasHole() {
            int lost = fates.indexOf(Fate.LOST);
            return lost >= 0 && fates.lastIndexOf(Fate.STORED) > lost;
        }
    }

    Optional<Cursor> heard(String from) {
        return Optional.ofNullable(others.heard().get(from));
    }

    void noteHeard(String from, Cursor place) {
        others.noteHeard(new Origin(from, place));
    }

    /// What there is at this replica; read by a worker.
    CompletionStage<EventReader.State> state() {
        return CompletableFuture.supplyAsync(reader::state, workers);
    }

    CompletionStage<Outcome> append(String from, List<Relayed> entries) {
        return each(entries, entry -> others.appendFrom(new Origin(from, entry.cursor()), entry.event()));
    }

    CompletionStage<Outcome> appendOwn(List<Event> events) {
        return each(events, own::append);
    }

    /// Appends in order, and stops where one is refused at once: the next must not overtake it.
    private static <T> CompletionStage<Outcome> each(List<T> all, Function<T, CompletionStage<Cursor>> append) {
        List<CompletableFuture<Fate>> made = new ArrayList<>(all.size());
        for (T one : all) {
            CompletableFuture<Fate> fate = append.apply(one).handle((place, error) -> fate(error))
                    .toCompletableFuture();
            made.add(fate);
            if (fate.isDone() && fate.join() == Fate.LOST) {
                break;
            }
        }
        return CompletableFuture.allOf(made.toArray(CompletableFuture[]::new))
                .thenApply(done -> new Outcome(made.stream().map(CompletableFuture::join).toList()));
    }

    private static Fate fate(@Nullable Throwable error) {
        return switch (error) {
            case null -> Fate.STORED;
            case IllegalArgumentException _ -> Fate.REFUSED;
            case CompletionException wrapped when wrapped.getCause() instanceof IllegalArgumentException ->
                Fate.REFUSED;
            default -> Fate.LOST;
        };
    }
}
