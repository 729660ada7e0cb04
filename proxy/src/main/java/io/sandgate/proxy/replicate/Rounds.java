package io.sandgate.proxy.replicate;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Runs work that is named by what it is about: one round of a name at a time, and a few of all names together. May be
/// used from any thread.
///
/// A call during a round is answered by the round after it, since the present one may have read too early; calls that wait
/// for the same round share it, with the work of the last of them.
final class Rounds {

    private static final class Round {
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private Supplier<CompletionStage<Void>> work;

        Round(Supplier<CompletionStage<Void>> work) {
            this.work = work;
        }
    }

    private static final class Named {
        private final String name;
        private @Nullable Round present;
        private @Nullable Round next;

        Named(String name) {
            this.name = name;
        }
    }

    private final int mostAtOnce;
    /// Guarded by itself, as all that follows.
    private final Map<String, Named> names = new HashMap<>();
    private final Queue<Named> waiting = new ArrayDeque<>();
    private int running;

    Rounds(int mostAtOnce) {
        this.mostAtOnce = mostAtOnce;
    }

    /// Runs a round that begins after this call.
    CompletionStage<Void> run(String name, Supplier<CompletionStage<Void>> work) {
        Round round;
        synchronized (names) {
            Named named = names.computeIfAbsent(name, Named::new);
            if (named.next == null) {
                named.next = new Round(work);
                if (named.present == null) {
                    waiting.add(named);
                }
            } else {
                named.next.work = work;
            }
            round = named.next;
        }
        startNext();
        return round.done.minimalCompletionStage();
    }

    private void startNext() {
        while (true) {
            Named named;
            Round round;
            synchronized (names) {
                named = running < mostAtOnce ? waiting.poll() : null;
                if (named == null || named.next == null) {
                    return;
                }
                running++;
                round = named.next;
                named.present = round;
                named.next = null;
            }
            start(round).whenComplete((ignored, error) -> ended(named, round, error));
        }
    }

    private static CompletionStage<Void> start(Round round) {
        try {
            return round.work.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void ended(Named named, Round round, @Nullable Throwable error) {
        synchronized (names) {
            running--;
            named.present = null;
            if (named.next != null) {
                waiting.add(named);
            } else {
                names.remove(named.name);
            }
        }
        if (error == null) {
            round.done.complete(null);
        } else {
            round.done.completeExceptionally(error);
        }
        startNext();
    }
}
