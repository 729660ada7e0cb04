package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.lead.Election;
import io.sandgate.gateway.shard.lead.Reign;
import io.sandgate.gateway.shard.pacing.IdentifyPacer;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.record.RecordCopies;
import io.sandgate.gateway.shard.record.RecordFile;
import io.sandgate.gateway.shard.record.RecordFile.Kept;
import io.sandgate.gateway.shard.record.RecordJson;
import io.sandgate.gateway.shard.record.SessionRecord;
import io.sandgate.gateway.shard.record.SessionRecords;
import io.sandgate.gateway.shard.session.SessionContext;
import io.sandgate.gateway.shard.session.SessionMeters;
import io.sandgate.gateway.shard.session.ShardSession;
import io.sandgate.gateway.shard.session.ShardState;
import io.sandgate.gateway.shard.session.Upstream;
import io.sandgate.gateway.shard.sink.EventSink;
import io.sandgate.membership.Membership;
import io.sandgate.proxy.replicate.Loop;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The shards of an upstream event gateway, held by the replicas of a cluster together: each shard by one of them.
///
/// One replica leads, elected by votes that expire. Every replica polls it, says what it holds, and gets leases on shards, and
/// permits to start sessions. Everything that changes belongs to one loop; the methods here may be called from any thread.
public final class Shards implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Shards.class);
    /// How long the others are waited for when a shard's newest record or its state is looked for.
    private static final Duration ASK = Duration.ofMillis(500);
    /// How often the log says how many shards are not live.
    private static final Duration REPORT = Duration.ofMinutes(5);
    /// A record that says nothing new is written again after this part of its life.
    private static final int REFRESHES = 8;

    /// What the shards need of the replica.
    ///
    /// @param loop to which everything belongs
    /// @param membership of the cluster
    /// @param peers calls the other replicas
    /// @param bot asks the upstream's API
    /// @param upstream opens connections
    /// @param sink takes the events
    /// @param random for jitter
    /// @param clock the time of day
    /// @param workers may block
    /// @param directory where records are kept
    /// @param listener hears what becomes of the shards of this replica
    /// @param meters what is counted
    public record Environment(Loop loop, Membership membership, ShardPeers peers, BotReader bot, Upstream upstream,
            EventSink sink, RandomGenerator random, InstantSource clock, Executor workers, Path directory,
            ShardListener listener, ShardMeters meters) {}

    private final ShardSettings settings;
    private final Environment environment;
    private final Loop loop;
    private final String self;
    private final long life;
    private final Electorate electorate;
    private final SessionRecords records = new SessionRecords();
    private final RecordFile file;
    private final RecordCopies copies;
    private final Map<ShardId, SessionRecord> written = new HashMap<>();
    private final ShardHolder holder;
    private final Leadership leadership;
    private final PollLoop polls;
    private final ShardCommands commands;
    private final Optional<ReplicaBackfill> backfill;
    private long reportedAt;
    private long savedPlan;
    private boolean saving;
    private boolean ended;

    /// Nothing happens before [#start].
    public Shards(ShardSettings settings, Environment environment) {
        this.settings = settings;
        this.environment = environment;
        this.loop = environment.loop();
        this.self = environment.membership().self().id();
        this.life = environment.membership().self().incarnation();
        this.reportedAt = loop.nanoTime();
        this.electorate = new Electorate(environment.membership(), settings.replicas());
        this.file = new RecordFile(environment.directory().resolve("sessions.json"),
                fingerprint(settings.session().token()));
        this.copies = new RecordCopies(loop, settings.recordCopies(), this::sendRecords);
        SessionMeters sessionMeters = environment.meters().sessions();
        this.holder = new ShardHolder(settings, loop, records,
                surroundings -> new SessionContext(self, settings.session(),
                        loop, environment.random(), environment.upstream(), environment.sink(), surroundings,
                        () -> environment.clock().millis(), sessionMeters),
                this::find, environment.listener(), environment.meters());
        Election election = new Election(self, life, settings.vote(), () -> environment.clock().millis(),
                environment.random(), settings.replicas() == 1, loop.nanoTime());
        this.leadership = new Leadership(settings, loop, election, electorate, environment.peers(),
                reign -> new Leader(settings, loop, environment.bot(),
                        new IdentifyPacer(settings.pacing(), environment.meters(),
                                environment.random().nextLong() >>> 1, loop.nanoTime()),
                        this::reign, electorate::candidates, holder.plan(), environment.meters()));
        this.polls = new PollLoop(settings, loop, self, life, holder, leadership, environment.peers());
        holder.tells(polls);
        this.commands = new ShardCommands(self, holder, leadership, environment.peers(),
                body -> gather(PeerCall.COMMAND, body).thenApply(Map::values), ASK);
        this.backfill = settings.backfill().map(lists -> new ReplicaBackfill(lists,
                new ReplicaBackfill.Environment(loop, environment.peers(), environment.sink()::status,
                        environment.random(), environment.workers(), environment.directory(),
                        environment.meters().registry()),
                holder::requestMembers, holder::size));
        backfill.ifPresent(each -> holder.watchedBy(each.watch()));
    }

    /// Tells one token from another one, and is of no use to guess it.
    private static String fingerprint(String token) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, Long.BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
        }
    }

    private Optional<Reign> reign() {
        return leadership.reign();
    }

    /// Begins to take part, with the sessions that are on disk. Blocks while they are read.
    public void start() {
        Kept kept = file.load();
        loop.execute(() -> {
            kept.records().forEach(records::put);
            readPlan(kept);
            savedPlan = holder.plan().version();
            tick();
            flush();
        });
    }

    private void readPlan(Kept kept) {
        try {
            if (!kept.plan().isEmpty()) {
                holder.knew(PollJson.readPlan(kept.plan()));
            }
        } catch (IllegalArgumentException e) {
            log.warn("shards.plan_unreadable error=\"{}\" (it is learnt from the other replicas, or made anew)",
                    e.getMessage());
        }
    }

    // --- time ---------------------------------------------------------------------------------------------------------------

    private void tick() {
        if (!ended) {
            leadership.tick();
            holder.tick();
            polls.tick();
            backfill.ifPresent(each -> each.tick(holder.plan().count(), electorate.others()));
            measure();
            loop.after(settings.tick(), this::tick);
        }
    }

    private void measure() {
        ShardMeters meters = environment.meters();
        meters.views(holder.views());
        leadership.leader().ifPresentOrElse(leader -> meters.leads(
                leader.pacer().view(loop.nanoTime()).budget().map(budget -> (double) budget.remaining())
                        .orElse(Double.NaN),
                leader.pacer().outstanding(), leader.assignments().moving()), meters::leadsNot);
        if (loop.nanoTime() - reportedAt >= REPORT.toNanos()) {
            reportedAt = loop.nanoTime();
            int total = holder.size();
            long live = holder.sessions().stream().filter(session -> session.state() == ShardState.LIVE).count();
            log.info("shard stability unstable={} total={}", total - live, total);
        }
    }

    /// Notes how far the sessions have come, on disk and with other replicas.
    private void flush() {
        if (ended) {
            return;
        }
        if (copies.others(electorate.others())) {
            written.clear();
        }
        List<SessionRecord> changed = new ArrayList<>();
        for (ShardSession session : holder.sessions()) {
            session.record().filter(this::isWorthWriting).ifPresent(record -> {
                records.put(record);
                written.put(record.shard(), record);
                changed.add(record);
            });
        }
        copies.copy(changed);
        records.dropOlderThan(settings.session().recordLife(), environment.clock().millis());
        save();
        loop.after(settings.recordEvery(), this::flush);
    }

    private boolean isWorthWriting(SessionRecord record) {
        SessionRecord last = written.get(record.shard());
        return last == null || last.epoch() != record.epoch() || !last.sessionId().equals(record.sessionId())
                || last.sequence() != record.sequence()
                || record.updatedAt() - last.updatedAt() >= settings.session().recordLife().toMillis() / REFRESHES;
    }

    private void save() {
        if (saving) {
            return;
        }
        toSave().ifPresent(kept -> {
            saving = true;
            environment.workers().execute(() -> {
                write(kept);
                loop.execute(() -> saving = false);
            });
        });
    }

    /// What has changed since it was written last.
    private Optional<Kept> toSave() {
        Plan plan = holder.plan();
        Optional<List<SessionRecord>> changed = records.takeChanges();
        if (changed.isEmpty() && plan.version() == savedPlan) {
            return Optional.empty();
        }
        savedPlan = plan.version();
        return Optional.of(new Kept(PollJson.write(plan), changed.orElseGet(records::all)));
    }

    private void write(Kept kept) {
        try {
            file.save(kept);
        } catch (IOException e) {
            log.warn(
                    "shards.records_not_saved error=\"{}\" (a restart of this replica resumes from the copies of others)",
                    e.toString());
        }
    }

    // --- other replicas -----------------------------------------------------------------------------------------------------

    private CompletionStage<?> sendRecords(String member, List<SessionRecord> some) {
        return environment.peers().send(member, PeerCall.RECORDS,
                new JsonObject().put("records", RecordJson.write(some)), settings.assign().lease());
    }

    private CompletionStage<List<SessionRecord>> find(Collection<ShardId> shards) {
        JsonObject body = new JsonObject().put("shards", PollJson.list(shards, PollJson::shard));
        return gather(PeerCall.FIND, body).thenApply(answers -> {
            backfill.ifPresent(each -> answers.values().forEach(answer -> loop.execute(() -> each.hear(answer))));
            return answers.values().stream()
                    .flatMap(answer -> RecordJson.read(answer.getJsonArray("records")).stream()).toList();
        });
    }

    private JsonObject found(Collection<ShardId> shards) {
        JsonObject found = new JsonObject().put("records", RecordJson.write(records.find(shards)));
        return backfill.map(each -> each.tell(found, shards)).orElse(found);
    }

    /// What all other replicas answer; those that fail are left out.
    private CompletionStage<Map<String, JsonObject>> gather(PeerCall call, JsonObject body) {
        Map<String, CompletableFuture<JsonObject>> asked = new HashMap<>();
        for (String other : electorate.others()) {
            asked.put(other, environment.peers().send(other, call, body, ASK).toCompletableFuture());
        }
        return CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new)).handle((done, failure) -> {
            Map<String, JsonObject> answers = new HashMap<>();
            asked.forEach((member, answer) -> {
                if (!answer.isCompletedExceptionally()) {
                    answers.put(member, answer.join());
                }
            });
            return answers;
        });
    }

    /// Answers another replica.
    ///
    /// @throws IllegalArgumentException through the stage, when the body is not what the call needs
    public CompletionStage<JsonObject> answer(PeerCall call, JsonObject body) {
        return onLoop(() -> switch (call) {
            case VOTE -> CompletableFuture.completedStage(leadership.vote(body));
            case POLL -> leadership.leader().<CompletionStage<JsonObject>>map(leader -> leader
                    .poll(PollJson.readPoll(body)).thenApply(PollJson::write))
                    .orElseGet(() -> CompletableFuture.failedStage(new IllegalStateException(self + " does not lead")));
            case RECORDS -> {
                RecordJson.read(body.getJsonArray("records")).forEach(records::put);
                backfill.ifPresent(each -> each.hear(body));
                yield CompletableFuture.completedStage(new JsonObject());
            }
            case FIND -> CompletableFuture.completedStage(
                    found(PollJson.each(body.getJsonArray("shards"), PollJson::shard)));
            case LOCAL -> CompletableFuture.completedStage(local());
            case COMMAND -> CompletableFuture.completedStage(commands.carryOut(body));
        });
    }

    private <T> CompletionStage<T> onLoop(Supplier<CompletionStage<T>> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                action.get().whenComplete((value, failure) -> {
                    if (failure == null) {
                        result.complete(value);
                    } else {
                        result.completeExceptionally(failure);
                    }
                });
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    // --- operators ----------------------------------------------------------------------------------------------------------

    private JsonObject local() {
        JsonObject local = ShardsJson.local(self, holder, leadership, environment.sink().status(),
                environment.clock().millis(), loop.nanoTime());
        backfill.ifPresent(each -> local.put("backfill", each.describe()));
        return local;
    }

    /// All shards of the cluster, each as its owner sees it now.
    public CompletionStage<JsonObject> describe() {
        return onLoop(() -> {
            JsonObject here = local();
            return gather(PeerCall.LOCAL, new JsonObject()).thenApply(others -> {
                List<JsonObject> all = new ArrayList<>(others.values());
                all.add(here);
                List<String> silent = electorate.others().stream().filter(id -> !others.containsKey(id)).toList();
                return ShardsJson.cluster(all, silent);
            });
        });
    }

    /// What an operator wants of shards.
    public enum Command {
        /// Connect anew, going on with the session if there is one; also what the upstream refused.
        RESTART,
        /// End the session and stay away.
        DISCONNECT,
        /// Connect again after [#DISCONNECT].
        CONNECT
    }

    /// Does something with some shards, or all of them when none is named, wherever they are.
    ///
    /// @return `shards`, the numbers that it is about, and `refused`, why it cannot be now; empty when it can
    public CompletionStage<JsonObject> command(Command command, Set<Integer> numbers) {
        return onLoop(() -> commands.give(command, numbers));
    }

    /// Divides the guilds among another number of shards, without a gap: the new ones identify in the background, and take over
    /// when they are live.
    ///
    /// @return why it cannot be, in words; empty when it has begun
    public CompletionStage<String> rescale(int count) {
        return onLoop(() -> commands.rescale(count)).thenApply(answer -> answer.getString("refused"));
    }

    /// Gives the shards of this replica to the others, and takes none until it is told to again.
    public void drain(boolean wanted) {
        loop.execute(() -> holder.drain(wanted));
    }

    /// Waits until the others have taken what this replica holds, which has said before that it drains; not for long.
    public CompletionStage<Void> drained(Duration atMost) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> awaitEmpty(done, loop.nanoTime() + atMost.toNanos()));
        // another one can lead at once, if it hears of it while this one is still there
        return done.thenRun(() -> loop.execute(leadership::resign));
    }

    private void awaitEmpty(CompletableFuture<Void> done, long until) {
        if (holder.size() == 0 || loop.nanoTime() - until >= 0 || electorate.others().isEmpty()) {
            done.complete(null);
        } else {
            loop.after(settings.tick(), () -> awaitEmpty(done, until));
        }
    }

    /// Ends all connections so that the sessions can be resumed, and writes where they are. Returns when that is done, or soon.
    @Override
    public void close() {
        CompletableFuture<Optional<Kept>> last = new CompletableFuture<>();
        CompletableFuture<Runnable> keeping = new CompletableFuture<>();
        loop.execute(() -> {
            holder.close();
            leadership.resign();
            polls.end();
            ended = true;
            keeping.complete(backfill.map(ReplicaBackfill::end).orElse(() -> {}));
            last.complete(toSave());
        });
        last.completeOnTimeout(Optional.empty(), ASK.toMillis(), TimeUnit.MILLISECONDS).join().ifPresent(this::write);
        keeping.getNow(() -> {}).run();
    }
}
