package io.sandgate.gateway.shard;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.shard.backfill.BackfillSettings;
import io.sandgate.gateway.shard.protocol.BadFrameException;
import io.sandgate.gateway.shard.protocol.Payload;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.sink.SinkStatus;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ReplicaBackfillTest {
    private static final ShardId SHARD = new ShardId(0, 1);
    private static final int GUILDS = 200;
    private static final Duration SETTLED = Duration.ofSeconds(31);

    private final VirtualLoop loop = new VirtualLoop(0);
    private final Map<String, Replica> replicas = new HashMap<>();
    private final List<Long> asked = new ArrayList<>();
    private int waiting;
    private String failing = "";

    @TempDir
    Path directory;

    /// One replica, which ticks.
    private final class Replica {
        final ReplicaBackfill backfill;
        private boolean ended;
        private int held;

        Replica(String id) {
            backfill = new ReplicaBackfill(BackfillSettings.DEFAULT, new ReplicaBackfill.Environment(loop,
                    (member, _, body, _) -> {
                        Objects.requireNonNull(replicas.get(member)).backfill.hear(body);
                        return CompletableFuture.completedStage(new JsonObject());
                    }, () -> new SinkStatus("none", waiting, failing), new Random(1), loop, directory.resolve(id),
                    new SimpleMeterRegistry()), (_, _, guild, _) -> !ended && asked.add(guild), () -> held);
            replicas.put(id, this);
            tick(id);
        }

        private void tick(String id) {
            if (!ended) {
                backfill.tick(1, replicas.keySet().stream().filter(other -> !other.equals(id)).sorted().toList());
                loop.after(Duration.ofMillis(250), () -> tick(id));
            }
        }

        /// Takes the shard, whose guilds are known from their events.
        Replica takes() {
            held = 1;
            backfill.watch().taken(SHARD);
            backfill.watch().live(SHARD, 1);
            for (long number = 1; number <= GUILDS; number++) {
                backfill.watch().seen(SHARD, message(number << 22));
            }
            return this;
        }

        void gives() {
            held = 0;
            backfill.watch().released(SHARD);
        }

        void end() {
            ended = true;
            backfill.end().run();
        }
    }

    @Test
    void sweep_ofAShardThatMoves_goesOnAtTheNextReplica() {
        Replica one = new Replica("one").takes();
        Replica other = new Replica("other");
        loop.run(SETTLED.plusSeconds(3));
        int before = asked.size();
        one.gives();
        loop.run(Duration.ofMillis(1));
        other.takes();
        loop.run(SETTLED.plusSeconds(3));

        assertThat(before).isBetween(20, 100);
        assertThat(asked).hasSizeBetween(before + 20, GUILDS).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void replica_thatComesLater_isToldWhatIsKnown() {
        Replica one = new Replica("one").takes();
        loop.run(SETTLED.plusSeconds(3));
        one.gives();
        loop.run(Duration.ofSeconds(1));
        int before = asked.size();
        Replica other = new Replica("other");
        loop.run(Duration.ofSeconds(1));
        other.takes();
        loop.run(SETTLED.plusSeconds(3));

        assertThat(asked).hasSizeBetween(before + 20, GUILDS).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void questionForAShard_isAnsweredWithItsPlace() {
        Replica one = new Replica("one").takes();
        loop.run(SETTLED.plusSeconds(3));
        one.gives();
        JsonObject answer = one.backfill.tell(new JsonObject(), List.of(SHARD));
        one.end();
        replicas.clear();
        int before = asked.size();
        Replica other = new Replica("other");
        other.backfill.hear(answer);
        other.takes();
        loop.run(SETTLED.plusSeconds(3));

        assertThat(asked).hasSizeBetween(before + 20, GUILDS).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void sweep_goesOnAfterARestart() {
        Replica before = new Replica("one").takes();
        loop.run(SETTLED.plusSeconds(3));
        before.end();
        int first = asked.size();
        new Replica("one").takes();
        loop.run(SETTLED.plusSeconds(3));

        assertThat(asked).hasSizeBetween(first + 20, GUILDS).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void sweep_goesOnAfterACrash_fromWhatWasSavedSoonBefore() {
        Replica before = new Replica("one").takes();
        loop.run(SETTLED.plusSeconds(14));
        before.ended = true;
        int first = asked.size();
        replicas.clear();
        new Replica("one").takes();
        loop.run(SETTLED.plusSeconds(1));

        assertThat(asked.get(first)).isGreaterThan(asked.getFirst());
    }

    @Test
    void sinkThatIsBehind_orFails_isNotGivenMore() {
        new Replica("one").takes();
        waiting = 17;
        loop.run(SETTLED.plusSeconds(3));
        assertThat(asked).isEmpty();
        waiting = 16;
        failing = "no space";
        loop.run(Duration.ofSeconds(3));
        assertThat(asked).isEmpty();
        failing = "";
        loop.run(Duration.ofSeconds(3));
        assertThat(asked).isNotEmpty();
    }

    private static Payload message(long guild) {
        try {
            return Payload.parse(("{\"t\":\"MESSAGE_CREATE\",\"s\":1,\"op\":0,\"d\":{\"guild_id\":\"" + guild + "\"}}")
                    .getBytes(StandardCharsets.UTF_8));
        } catch (BadFrameException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
