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
    /// How long progress may be younger than what is kept of it.
    private static final Duration SAVE_AFTER = Duration.ofSeconds(1);
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
    private final StateFile progressFile;
    private final Saving bookSaving;
    private final Saving progressSaving;
    private final Environment environment;
    private Runnable endScan = () -> {};
    private boolean saveIsDue;
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
        this.progressFile = new StateFile(environment.directory().resolve("progress.json"));
        this.bookSaving = new Saving(loop, environment.workers(), bookFile,
                () -> new JsonObject().put("records", WebhookJson.write(book.all())));
        Sending sending = new Sending(loop, environment.clock(), environment.random(), settings.delivery(),
                environment.sender(), environment.payload(), meters);
        this.deliveries = new Deliveries(loop, environment.self(),
                new LogReads(loop, environment.events(), environment.workers()), sending,
                new Slots(settings.delivery()), meters, new Watcher());
        this.progressSaving = new Saving(loop, environment.workers(), progressFile,
                () -> ProgressJson.write(deliveries.progress()));
    }

    /// Reads what is kept, asks the others and begins to deliver.
    ///
    /// @return done when what they know is known here too, or they did not answer
    public CompletionStage<Void> start() {
        CompletableFuture<Void> started = new CompletableFuture<>();
        environment.workers().execute(() -> {
            List<WebhookRecord> records = bookFile
                    .load(content -> WebhookJson.read(content.getJsonArray("records", new JsonArray())), List.of());
            Map<String, Progress> progress = progressFile.load(ProgressJson::read, Map.of());
            loop.execute(() -> {
                book.join(records);
                refresh(progress);
                endScan = deliveries.scan().start(environment.events());
                exchange.start().whenComplete((done, failure) -> started.complete(null));
            });
        });
        return started;
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
        return compose(() -> {
            if (ofTeam(webhook.team()).size() >= settings.mostOfTeam()) {
                throw new WebhookLimitException("this team has " + settings.mostOfTeam()
                        + " webhooks already (sandgate.webhooks.max-per-team)");
            }
            if (book.isFull()) {
                throw new WebhookLimitException(
                        "there are " + settings.most() + " webhooks already (sandgate.webhooks.max)");
            }
            return spread(new Change(Optional.empty(), book.put(webhook))).thenApply(done -> webhook);
        });
    }

    /// Changes a webhook of a team.
    ///
    /// @return the changed one, as [#create] does; empty when there is none
    public CompletionStage<Optional<Webhook>> change(String team, String id, UnaryOperator<Webhook> change) {
        return write(team, id, () -> book.change(id, change))
                .thenApply(written -> written.flatMap(WebhookRecord::webhook));
    }

    /// Deletes a webhook of a team.
    ///
    /// @return whether it was there, as [#create] does
    public CompletionStage<Boolean> delete(String team, String id) {
        return write(team, id, () -> book.delete(id)).thenApply(Optional::isPresent);
    }

    /// What this replica answers to another one; fails with [IllegalArgumentException] for what is no such body.
    public CompletionStage<JsonObject> exchange(JsonObject body) {
        return on(() -> exchange.answer(body));
    }

    /// Ends deliveries and keeps how far they are. What is in flight is delivered again after the restart. Waits for the disk,
    /// so not on the loop.
    @Override
    public void close() {
        compose(() -> {
            closed = true;
            endScan.run();
            exchange.close();
            return progressSaving.save().whenComplete((saved, failure) -> deliveries.close());
        }).exceptionally(failure -> {
            log.warn("webhooks.progress_not_kept error=\"{}\" (some events are delivered again)", failure.getMessage());
            return null;
        }).toCompletableFuture().completeOnTimeout(null, 2, TimeUnit.SECONDS).join();
    }

    private final class Watcher implements Deliveries.Listener {
        @Override
        public void progressed() {
            if (!saveIsDue && !closed) {
                saveIsDue = true;
                loop.after(SAVE_AFTER, Webhooks.this::saveProgress);
            }
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

    private void saveProgress() {
        saveIsDue = false;
        if (!closed) {
            progressSaving.save().whenComplete((done, failure) -> {
                if (failure != null) {
                    log.warn("webhooks.progress_not_kept error=\"{}\" (after a restart events are delivered again)",
                            failure.getMessage());
                }
            });
        }
    }

    /// A record that was written, and what it took the place of.
    private record Change(Optional<Webhook> before, WebhookRecord record) {}

    private CompletionStage<Optional<WebhookRecord>> write(String team, String id,
            Supplier<Optional<WebhookRecord>> writer) {
        return compose(() -> {
            Optional<Webhook> before = own(team, id);
            Optional<WebhookRecord> record = before.isPresent() ? writer.get() : Optional.empty();
            return record.isEmpty()
                    ? CompletableFuture.completedStage(record)
                    : spread(new Change(before, record.get())).thenApply(done -> record);
        });
    }

    /// What cannot be kept is taken back, since it would be gone after a restart.
    private CompletionStage<Void> spread(Change change) {
        return changed().whenComplete((saved, failure) -> {
            if (failure != null) {
                change.before().ifPresentOrElse(book::put, () -> book.delete(change.record().id()));
                refresh(Map.of());
            }
        }).thenCompose(saved -> exchange.push(List.of(change.record())).toCompletableFuture().copy()
                .completeOnTimeout(null, PUSH_WAIT.toMillis(), TimeUnit.MILLISECONDS));
    }

    /// The book is not what it was.
    private CompletionStage<Void> changed() {
        refresh(Map.of());
        CompletionStage<Void> saved = bookSaving.save();
        saved.whenComplete((done, failure) -> {
            if (failure != null) {
                log.warn("webhooks.book_not_kept error=\"{}\" (free the disk; the other replicas keep it)",
                        failure.getMessage());
            }
        });
        return saved;
    }

    private void refresh(Map<String, Progress> kept) {
        List<Webhook> all = book.webhooks().toList();
        deliveries.update(all, kept);
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
        return CompletableFuture.completedFuture(true).thenComposeAsync(begun -> action.get(), loop);
    }

    private <T> CompletionStage<T> on(Supplier<T> action) {
        return CompletableFuture.supplyAsync(action, loop);
    }
}
