package io.sandgate.api.e2b;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Runs one round for a name at a time. Who asks while one is under way shares the next one, which begins when this one has
/// ended: so each gets a round that began after it asked.
final class SharedRounds {
    private final Function<String, Future<Void>> round;
    private final Set<String> running = new HashSet<>();
    private final Map<String, Promise<Void>> next = new HashMap<>();

    /// @param round runs one
    SharedRounds(Function<String, Future<Void>> round) {
        this.round = round;
    }

    /// Done when the round is, also when it failed.
    Future<Void> join(String name) {
        Promise<Void> mine = Promise.promise();
        Promise<Void> waiting = enter(name, mine);
        if (waiting != null) {
            return waiting.future();
        }
        run(name, mine);
        return mine.future();
    }

    /// The round to wait for, or null where this one is to run now.
    private synchronized @Nullable Promise<Void> enter(String name, Promise<Void> mine) {
        return running.add(name) ? null : next.computeIfAbsent(name, ignored -> mine);
    }

    private void run(String name, Promise<Void> promise) {
        round.apply(name).onComplete(done -> {
            Promise<Void> following = leave(name);
            promise.complete();
            if (following != null) {
                run(name, following);
            }
        });
    }

    private synchronized @Nullable Promise<Void> leave(String name) {
        Promise<Void> following = next.remove(name);
        if (following == null) {
            running.remove(name);
        }
        return following;
    }
}
