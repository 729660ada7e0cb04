package io.sandgate.gateway.shard;

import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.gateway.shard.backfill.BackfillPorts;
import io.sandgate.gateway.shard.backfill.BackfillSettings;
import io.sandgate.gateway.shard.backfill.MemberRequester;
import io.sandgate.gateway.shard.backfill.StoredGuildCounts;
import io.sandgate.gateway.shard.backfill.SweepCursor;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.sink.SinkStatus;
import io.sandgate.proxy.replicate.Loop;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The backfill of a replica, with what it keeps on disk and what it tells the others: how far the sweep has come with each
/// shard, so that whoever has the shard next goes on from there.
///
/// What the others are told is sent once: one who missed it repeats a few requests, never sooner than the upstream allows.
/// Confined to the loop.
final class ReplicaBackfill {
    private static final Logger log = LoggerFactory.getLogger(ReplicaBackfill.class);
    private static final String CURSORS = "cursors";
    /// Up to 48 MB.
    private static final int MOST_COUNTS = 1_000_000;
    /// A quarter of what a shard may have waiting when it goes on reading.
    private static final int LOW_PER_SHARD = 16;
    private static final long SAVE_CURSORS = Duration.ofSeconds(5).toNanos();
    private static final long SAVE_COUNTS = Duration.ofSeconds(30).toNanos();
    private static final Duration TELL = Duration.ofSeconds(2);

    /// What it needs of the replica.
    ///
    /// @param loop to which everything belongs
    /// @param peers calls the other replicas
    /// @param sink how the sink is doing
    /// @param random for jitter
    /// @param workers may block
    /// @param directory where it keeps what it knows
    /// @param registry what is counted
    record Environment(Loop loop, ShardPeers peers, Supplier<SinkStatus> sink, RandomGenerator random,
            Executor workers, Path directory, MeterRegistry registry) {}

    private final Environment environment;
    private final Loop loop;
    private final IntSupplier held;
    private final StoredGuildCounts counts;
    private final SweepFile file;
    private final SweepCursors cursors = new SweepCursors();
    private final MemberBackfill members;
    private List<String> others = List.of();
    private int count;
    private long cursorsSavedAt;
    private long countsSavedAt;
    private boolean asked;
    private boolean telling;
    private boolean saving;
    private volatile boolean ended;

    /// Blocks while what is on disk is read.
    ///
    /// @param held how many shards this replica has
    ReplicaBackfill(BackfillSettings settings, Environment environment, MemberRequester requester,
            IntSupplier held) {
        this.loop = environment.loop();
        this.environment = environment;
        this.held = held;
        this.counts = StoredGuildCounts.open(environment.directory(), MOST_COUNTS);
        this.file = new SweepFile(environment.directory().resolve("sweep.json"));
        file.load().forEach(cursors::learn);
        this.members = new MemberBackfill(settings, new BackfillPorts(requester, counts,
                () -> isLow(environment.sink().get()), this::moved), cursors::of, loop, environment.random(),
                environment.registry());
        this.cursorsSavedAt = loop.nanoTime();
        this.countsSavedAt = cursorsSavedAt;
    }

    private boolean isLow(SinkStatus sink) {
        return sink.failing().isEmpty() && sink.waiting() <= LOW_PER_SHARD * Math.max(1, held.getAsInt());
    }

    /// Follows the sessions.
    SessionWatch watch() {
        return members;
    }

    /// Does what is due; to be called often.
    ///
    /// @param total how many shards there are; 0 when that is not known yet
    /// @param all the other replicas
    void tick(int total, List<String> all) {
        members.share(held.getAsInt(), total);
        if (total > 0 && total != count) {
            count = total;
            cursors.keep(total);
        }
        if (!all.equals(others)) {
            others = List.copyOf(all);
            cursors.repeat();
            tell();
        }
        save();
    }

    // --- other replicas -----------------------------------------------------------------------------------------------------

    private void moved(SweepCursor cursor) {
        cursors.moved(cursor);
        if (!asked) {
            asked = true;
            loop.execute(() -> {
                asked = false;
                tell();
            });
        }
    }

    private void tell() {
        if (telling || ended) {
            return;
        }
        List<SweepCursor> due = cursors.takeMoved();
        if (due.isEmpty()) {
            return;
        }
        telling = true;
        JsonObject body = new JsonObject().put("records", new JsonArray()).put(CURSORS, SweepCursors.write(due));
        CompletionStage<Void> told = CompletableFuture.allOf(others.stream()
                .map(member -> environment.peers().send(member, PeerCall.RECORDS, body, TELL).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
        told.whenComplete((_, _) -> loop.execute(() -> {
            telling = false;
            tell();
        }));
    }

    /// Takes the cursors in what another replica says, if there are any.
    ///
    /// @throws IllegalArgumentException when one of them is none
    void hear(JsonObject said) {
        SweepCursors.read(said.getJsonArray(CURSORS, new JsonArray())).forEach(cursors::learn);
    }

    /// Adds what is known of some shards to an answer.
    JsonObject tell(JsonObject answer, Collection<ShardId> shards) {
        return answer.put(CURSORS, SweepCursors.write(cursors.find(shards)));
    }

    // --- the disk -----------------------------------------------------------------------------------------------------------

    private void save() {
        long now = loop.nanoTime();
        if (saving || now - cursorsSavedAt < SAVE_CURSORS) {
            return;
        }
        cursorsSavedAt = now;
        boolean countsToo = now - countsSavedAt >= SAVE_COUNTS;
        if (countsToo) {
            countsSavedAt = now;
        }
        List<SweepCursor> changed = cursors.takeChanges().orElse(List.of());
        saving = true;
        environment.workers().execute(() -> {
            synchronized (file) {
                if (!ended) {
                    write(changed, countsToo);
                }
            }
            loop.execute(() -> saving = false);
        });
    }

    private void write(List<SweepCursor> changed, boolean countsToo) {
        try {
            Files.createDirectories(environment.directory());
            if (!changed.isEmpty()) {
                file.save(changed);
            }
            if (countsToo) {
                counts.save();
            }
        } catch (IOException | UncheckedIOException e) {
            log.warn("backfill.not_saved error=\"{}\" (after a restart guilds are asked for again)", e.toString());
        }
    }

    /// Ends, after all sessions.
    ///
    /// @return writes what is to be kept; may block
    Runnable end() {
        members.close();
        ended = true;
        List<SweepCursor> changed = cursors.takeChanges().orElse(List.of());
        return () -> {
            synchronized (file) {
                write(changed, true);
            }
        };
    }

    // --- operators ----------------------------------------------------------------------------------------------------------

    /// How it is, for operators.
    JsonObject describe() {
        var view = members.view();
        return new JsonObject().put("inflight", view.inflight()).put("holding", view.holding())
                .put("waiting", view.waiting()).put("queued", view.queued())
                .put("position", Math.round(view.position() * 1_000) / 1_000.0);
    }
}
