package io.sandgate.gateway.connection;

import io.sandgate.gateway.connection.Presence.Fact;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.proxy.route.RouteTable;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compares what the event log says of who is there with the rows, and corrects it: nobody saw what changed while this replica
/// was away, and what the log lost is not said again by itself.
///
/// Thread-safe. What is corrected is looked at again under the table's lock, under which changes are said too: so the log
/// has the last word of each.
final class PresenceCheck {
    private static final Logger logger = LoggerFactory.getLogger(PresenceCheck.class);
    /// Corrections that the log is given before it has stored any of them.
    private static final int AT_ONCE = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final RouteTable table;
    private final Roster roster;
    private final Presence presence;
    private final EventReader log;
    private final Executor workers;
    private final AtomicInteger asked = new AtomicInteger();

    PresenceCheck(RouteTable table, Roster roster, Presence presence, EventReader log, Executor workers) {
        this.table = table;
        this.roster = roster;
        this.presence = presence;
        this.log = log;
        this.workers = workers;
    }

    /// Begins to compare; returns at once. Asked again meanwhile, it is done once more.
    void run() {
        if (asked.getAndIncrement() == 0) {
            try {
                workers.execute(this::compareUntilDone);
            } catch (RejectedExecutionException e) {
                logger.debug("presence.not_compared (this replica stops)");
            }
        }
    }

    private void compareUntilDone() {
        int seen;
        do {
            seen = asked.get();
            try {
                correct(told());
            } catch (RuntimeException e) {
                logger.warn("presence.not_compared (what subscribers get as the state may be old)", e);
            }
        } while (asked.addAndGet(-seen) != 0);
    }

    private Map<Fact, Event> told() {
        Map<Fact, Event> told = new HashMap<>();
        for (Entry entry : log.state().entries()) {
            fact(entry.event()).ifPresent(fact -> told.put(fact, entry.event()));
        }
        return told;
    }

    private static Optional<Fact> fact(Event event) {
        if (!event.area().equals("client") && !event.area().equals("room")) {
            return Optional.empty();
        }
        JsonObject data = new JsonObject(event.data());
        return Optional.of(new Fact(new ClientKey(event.owner(), data.getString("client")),
                event.area().equals("room") ? data.getString("room") : ""));
    }

    private void correct(Map<Fact, Event> told) {
        List<Fact> wrong = List.copyOf(wrong(told));
        for (int from = 0; from < wrong.size(); from += AT_ONCE) {
            List<Fact> part = wrong.subList(from, Math.min(wrong.size(), from + AT_ONCE));
            List<CompletionStage<Cursor>> given = new ArrayList<>();
            table.undisturbed(() -> part.forEach(
                    fact -> given.add(presence.correct(fact, roster.find(fact.key()), told.get(fact)))));
            settle(given);
        }
        if (!wrong.isEmpty()) {
            logger.info("presence.corrected count={} (the log had it otherwise)", wrong.size());
        }
    }

    private Set<Fact> wrong(Map<Fact, Event> told) {
        Set<Fact> wrong = new LinkedHashSet<>();
        told.keySet().stream().filter(fact -> !isThere(fact)).forEach(wrong::add);
        for (ClientRow row : roster.all()) {
            List<Fact> facts = new ArrayList<>(List.of(new Fact(row.key(), "")));
            row.rooms().forEach(room -> facts.add(new Fact(row.key(), room)));
            facts.stream().filter(fact -> !isToldOf(row, told.get(fact))).forEach(wrong::add);
        }
        return wrong;
    }

    private boolean isThere(Fact fact) {
        ClientRow row = roster.find(fact.key());
        return row != null && (fact.room().isEmpty() || row.rooms().contains(fact.room()));
    }

    private static boolean isToldOf(ClientRow row, @Nullable Event told) {
        return told != null && row.connection().equals(new JsonObject(told.data()).getString("connection"));
    }

    /// Waits until the log has what it was given, or has refused it; not for ever.
    private static void settle(List<CompletionStage<Cursor>> given) {
        CompletableFuture<?>[] outcomes = given.stream()
                .map(each -> each.handle((place, failure) -> failure == null).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(outcomes).completeOnTimeout(null, PATIENCE.toNanos(), TimeUnit.NANOSECONDS).join();
    }
}
