package io.sandgate.gateway.stream.webhook;

import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.proxy.replicate.Loop;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The webhooks of a replica: what is registered, the same on all replicas, and the deliveries of what happens on this one.
/// Thread-safe: all is done on the loop.
public final class Webhooks implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Webhooks.class);
    /// How long a change waits for the other replicas.
    private static final Duration PUSH_WAIT = Duration.ofMillis(250);
    private static final Comparator<Webhook> ORDER = Comparator.comparing(Webhook::createdAt)
            .thenComparing(Webhook::id);

    private final Loop loop;
    private final WebhookSettings settings;
    private final WebhookBook book;
    private final Exchange exchange;
    private final Deliveries deliveries;
    private final WebhookMeters meters;
    private final StateFile bookFile;
    private final Saving bookSaving;
    private final KeptProgress progress;
    private final Environment environment;
    /// Done, on the loop, when what is kept was read: whatever is done before would take its place.
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();
    /// Done when the last change is kept or taken back: one at a time, so that what is taken back is of nobody else.
    private CompletionStage<?> turn = CompletableFuture.completedStage(null);
    private Runnable endScan = () -> {};
    private boolean closed;

    /// What the webhooks work with.
    ///
    /// @param self the id of this replica
    /// @param loop on which all is done
    /// @param events of this replica and all others
    /// @param peers the other replicas
    /// @param sender makes the requests
    /// @param payload the body for an event
    /// @param random for back-off, and for whom to compare with
    /// @param clock time of day
    /// @param workers runs what blocks
    /// @param directory where the registrations and the progress are kept
    /// @param meters where metrics go
    public record Environment(String self, Loop loop, EventReader events, WebhookPeers peers, WebhookSender sender,
            Function<Entry, Buffer> payload, RandomGenerator random, InstantSource clock, Executor workers,
            Path directory, MeterRegistry meters) {}

    public Webhooks(WebhookSettings settings, Environment environment) {
        this.environment = environment;
        this.settings = settings;
        this.loop = environment.loop();
        this.meters = new WebhookMeters(environment.meters(), environment.clock());
        this.book = new WebhookBook(environment.self(), environment.clock(), settings.most());
        this.exchange = new Exchange(loop, book, environment.peers(), environment.random(), news -> changed());
        this.bookFile = new StateFile(environment.directory().resolve("webhooks.json"));
        this.bookSaving = new Saving(loop, environment.workers(), bookFile,
                () -> new JsonObject().put("records", WebhookJson.write(book.all())));
        Sending sending = new Sending(loop, environment.clock(), environment.random(), settings.delivery(),
                environment.sender(), environment.payload(), meters);
        this.deliveries = new Deliveries(loop, environment.self(),
                new LogReads(loop, environment.events(), environment.workers()), sending,
                new Slots(settings.delivery()), meters, new Watcher());
        this.progress = new KeptProgress(loop, environment.workers(),
                new StateFile(environment.directory().resolve("progress.json")), deliveries::progress);
    }

    /// Reads what is kept, asks the others and begins to deliver.
    ///
    /// @return done when what they know is known here too, or they did not answer
    public CompletionStage<Void> start() {
        CompletableFuture<Void> started = new CompletableFuture<>();
        environment.workers().execute(() -> {
            List<WebhookRecord> records = bookFile
                    .load(content -> WebhookJson.read(content.getJsonArray("records", new JsonArray())), List.of());
            Map<String, Progress> kept = progress.load();
            loop.execute(() -> begin(records, kept).whenComplete((done, failure) -> started.complete(null)));
        });
        return started;
    }

    private CompletionStage<Void> begin(List<WebhookRecord> records, Map<String, Progress> kept) {
        if (closed) {
            return CompletableFuture.completedStage(null);
        }
        book.join(records);
        progress.add(kept);
        refresh();
        progress.drop(environment.events().extent());
        endScan = deliveries.scan().start(environment.events());
        loaded.complete(null);
        return exchange.start();
    }

    /// The webhooks of a team, oldest first.
    public CompletionStage<List<Webhook>> list(String team) {
        return on(() -> ofTeam(team));
    }

    /// A webhook of a team.
    public CompletionStage<Optional<Webhook>> find(String team, String id) {
        return on(() -> own(team, id));
    }

    /// How this replica's deliveries to a webhook go.
    public CompletionStage<DeliveryView> deliveries(String id) {
        return on(() -> deliveries.view(id));
    }

    /// Registers a webhook under an id that no other has.
    ///
    /// @return done when it is kept here, and others have it or have not answered for a while; fails with
    ///     [WebhookLimitException] when there are too many
    public CompletionStage<Webhook> create(Webhook webhook) {
        return write(webhook.id(), () -> {
            if (ofTeam(webhook.team()).size() >= settings.mostOfTeam()) {
                throw new WebhookLimitException("this team has " + settings.mostOfTeam()
                        + " webhooks already (sandgate.webhooks.max-per-team)");
            }
            if (book.isFull()) {
                throw new WebhookLimitException(
                        "there are " + settings.most() + " webhooks already (sandgate.webhooks.max)");
            }
            return Optional.of(book.put(webhook));
        }).thenApply(written -> webhook);
    }

    /// Changes a webhook of a team.
    ///
    /// @return the changed one, as [#create] does; empty when there is none
    public CompletionStage<Optional<Webhook>> change(String team, String id, UnaryOperator<Webhook> change) {
        return write(id, () -> own(team, id).flatMap(mine -> book.change(id, change)))
                .thenApply(written -> written.flatMap(WebhookRecord::webhook));
    }

    /// Deletes a webhook of a team.
    ///
    /// @return whether it was there, as [#create] does
    public CompletionStage<Boolean> delete(String team, String id) {
        return write(id, () -> own(team, id).flatMap(mine -> book.delete(id))).thenApply(Optional::isPresent);
    }

    /// What this replica answers to another one; fails with [IllegalArgumentException] for what is no such body.
    public CompletionStage<JsonObject> exchange(JsonObject body) {
        return on(() -> exchange.answer(body));
    }

    /// Ends deliveries and keeps how far they are. What is in flight is delivered again after the restart. Waits for the disk,
    /// so not on the loop.
    @Override
    public void close() {
        CompletableFuture.completedFuture(true).thenComposeAsync(begun -> end(), loop).exceptionally(failure -> {
            log.warn("webhooks.progress_not_kept error=\"{}\" (some events are delivered again)", failure.getMessage());
            return null;
        }).completeOnTimeout(null, 2, TimeUnit.SECONDS).join();
    }

    private CompletionStage<Void> end() {
        closed = true;
        if (loaded.completeExceptionally(new IllegalStateException("the replica stops"))) {
            // what was not read yet stays as it is
            return CompletableFuture.completedStage(null);
        }
        endScan.run();
        exchange.close();
        return progress.close().whenComplete((saved, failure) -> deliveries.close());
    }

    private final class Watcher implements Deliveries.Listener {
        @Override
        public void progressed() {
            progress.changed();
        }

        @Override
        public void failedForLong(Webhook webhook, String reason) {
            log.warn("webhooks.disabled webhook={} team={} to={} reason=\"{}\"", webhook.id(), webhook.team(),
                    webhook.place(), reason);
            book.change(webhook.id(), now -> now.disabled(reason)).ifPresent(record -> {
                changed();
                exchange.push(List.of(record));
            });
        }
    }

    private CompletionStage<Optional<WebhookRecord>> write(String id, Supplier<Optional<WebhookRecord>> writer) {
        return compose(() -> {
            CompletionStage<Optional<WebhookRecord>> kept = turn.thenCompose(free -> keep(id, writer));
            turn = kept.handle((written, failure) -> true);
            return kept.thenCompose(this::spread);
        });
    }

    /// Writes, and takes it back if it cannot be kept, since it would be gone after a restart.
    private CompletionStage<Optional<WebhookRecord>> keep(String id, Supplier<Optional<WebhookRecord>> writer) {
        Optional<Webhook> before = book.find(id);
        Optional<Progress> place = deliveries.progress(id);
        Optional<WebhookRecord> written = writer.get();
        if (written.isEmpty()) {
            return CompletableFuture.completedStage(written);
        }
        return changed().whenComplete((saved, failure) -> {
            // what another replica has changed meanwhile stays
            if (failure != null && book.isNewest(written.get())) {
                before.ifPresentOrElse(book::put, () -> book.delete(id));
                place.ifPresent(at -> progress.add(Map.of(id, at)));
                refresh();
            }
        }).thenApply(saved -> written);
    }

    private CompletionStage<Optional<WebhookRecord>> spread(Optional<WebhookRecord> written) {
        return written.isEmpty()
                ? CompletableFuture.completedStage(written)
                : exchange.push(List.of(written.get())).toCompletableFuture().copy()
                        .completeOnTimeout(null, PUSH_WAIT.toMillis(), TimeUnit.MILLISECONDS)
                        .thenApply(done -> written);
    }

    /// The book is not what it was.
    private CompletionStage<Void> changed() {
        refresh();
        // a webhook whose place is not kept would begin after a crash with what happens then
        CompletionStage<Void> placed = progress.save();
        return bookSaving.save().whenComplete((done, failure) -> {
            if (failure != null) {
                log.warn("webhooks.book_not_kept error=\"{}\" (free the disk; the other replicas keep it)",
                        failure.getMessage());
            }
        }).thenCompose(kept -> placed);
    }

    private void refresh() {
        if (closed) {
            return;
        }
        List<Webhook> all = book.webhooks().toList();
        deliveries.update(all, progress.unread());
        progress.drop(book::knows);
        meters.disabled(all.stream().filter(webhook -> !webhook.disabledReason().isEmpty()).count());
    }

    private List<Webhook> ofTeam(String team) {
        return book.webhooks().filter(webhook -> webhook.team().equals(team)).sorted(ORDER).toList();
    }

    private Optional<Webhook> own(String team, String id) {
        return book.find(id).filter(webhook -> webhook.team().equals(team));
    }

    /// What is composed within the action stays on the loop: its stages complete there.
    private <T> CompletionStage<T> compose(Supplier<CompletionStage<T>> action) {
        return loaded.thenComposeAsync(begun -> action.get(), loop);
    }

    private <T> CompletionStage<T> on(Supplier<T> action) {
        return loaded.thenApplyAsync(begun -> action.get(), loop);
    }
}
