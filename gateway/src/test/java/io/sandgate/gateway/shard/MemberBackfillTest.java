package io.sandgate.gateway.shard;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.shard.backfill.BackfillPorts;
import io.sandgate.gateway.shard.backfill.BackfillSettings;
import io.sandgate.gateway.shard.backfill.GuildCounts;
import io.sandgate.gateway.shard.backfill.SweepCursor;
import io.sandgate.gateway.shard.protocol.BadFrameException;
import io.sandgate.gateway.shard.protocol.Payload;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MemberBackfillTest {
    private static final ShardId SHARD = new ShardId(1, 4);
    private static final Duration SETTLED = Duration.ofSeconds(31);
    private static final Duration SOON = Duration.ofSeconds(1);

    /// One request that was sent.
    private record Sent(ShardId shard, long attempt, long guild, String nonce) {}

    private final VirtualLoop loop = new VirtualLoop(0);
    private final List<Sent> sent = new ArrayList<>();
    private final List<SweepCursor> cursors = new ArrayList<>();
    private final Map<Long, Long> counts = new HashMap<>();
    private final MemberBackfill backfill = new MemberBackfill(BackfillSettings.DEFAULT,
            new BackfillPorts((shard, attempt, guild, nonce) -> sent.add(new Sent(shard, attempt, guild, nonce)),
                    new Counts(), () -> true, cursors::add),
            shard -> new SweepCursor(shard, guild(2), 7), loop, new Random(3), new SimpleMeterRegistry());

    /// Counts in a map.
    private final class Counts implements GuildCounts {
        @Override
        public OptionalLong known(long guild) {
            return counts.containsKey(guild) ? OptionalLong.of(counts.get(guild)) : OptionalLong.empty();
        }

        @Override
        public void learned(long guild, long count) {
            counts.put(guild, count);
        }

        @Override
        public void changed(long guild, long delta) {
            counts.computeIfPresent(guild, (_, count) -> count + delta);
        }

        @Override
        public void gone(long guild) {
            counts.remove(guild);
        }

        @Override
        public void each(LongConsumer guild) {
            counts.keySet().forEach(guild::accept);
        }
    }

    @Test
    void guilds_ofANewSession_areAskedForOnceTheShardHasSettled() {
        identified(1);
        create(1);
        create(3);
        loop.run(Duration.ofSeconds(30));
        assertThat(sent).isEmpty();

        loop.run(SOON);

        assertThat(guilds()).containsExactly(guild(1), guild(3));
        assertThat(sent).allMatch(each -> each.shard().equals(SHARD) && each.attempt() == 1);
    }

    @Test
    void guilds_replayedAfterAResume_areAskedForAsWell() {
        resumed(1);
        create(1);
        loop.run(SETTLED);

        assertThat(guilds()).containsExactly(guild(1));
    }

    @Test
    void answer_isCounted_andWhatIsToldAfterwardsToo() {
        identified(1);
        create(1);
        loop.run(SETTLED);
        see("GUILD_MEMBERS_CHUNK", "{\"guild_id\":\"%d\",\"members\":[{},{}],\"chunk_index\":0,\"chunk_count\":2,"
                .formatted(guild(1)) + "\"nonce\":\"" + sent.getFirst().nonce() + "\"}");
        assertThat(counts).isEmpty();
        see("GUILD_MEMBERS_CHUNK", "{\"guild_id\":\"%d\",\"members\":[{}],\"chunk_index\":1,\"chunk_count\":2,"
                .formatted(guild(1)) + "\"nonce\":\"" + sent.getFirst().nonce() + "\"}");
        assertThat(counts).containsEntry(guild(1), 3L);

        see("GUILD_MEMBER_ADD", "{\"guild_id\":\"" + guild(1) + "\"}");
        see("GUILD_MEMBER_ADD", "{\"guild_id\":\"" + guild(1) + "\"}");
        see("GUILD_MEMBER_REMOVE", "{\"guild_id\":\"" + guild(1) + "\"}");
        assertThat(counts).containsEntry(guild(1), 4L);

        see("GUILD_DELETE", "{\"id\":\"" + guild(1) + "\",\"unavailable\":true}");
        assertThat(counts).isNotEmpty();
        see("GUILD_DELETE", "{\"id\":\"" + guild(1) + "\"}");
        assertThat(counts).isEmpty();
    }

    @Test
    void request_thatWasRefused_isSentAgainAsSoonAsTheUpstreamSays() {
        identified(1);
        create(1);
        loop.run(SETTLED);
        see("RATE_LIMITED", "{\"opcode\":8,\"retry_after\":45.5,\"meta\":{\"guild_id\":\"" + guild(1)
                + "\",\"nonce\":\"" + sent.getFirst().nonce() + "\"}}");

        loop.run(Duration.ofSeconds(45));
        assertThat(sent).hasSize(1);
        loop.run(Duration.ofSeconds(2));
        assertThat(guilds()).containsExactly(guild(1), guild(1));
    }

    @Test
    void connection_thatIsOver_isNotAskedOn_andTheNextOneIs() {
        identified(1);
        loop.run(SETTLED);
        backfill.disconnected(SHARD);
        create(1);
        loop.run(SOON);
        assertThat(sent).isEmpty();

        backfill.live(SHARD, 2);
        loop.run(SOON);
        assertThat(sent).extracting(Sent::attempt).containsExactly(2L);
    }

    @Test
    void anyEvent_ofAResumedSession_tellsOfItsGuild_whichIsSweptFromTheCursor() {
        resumed(1);
        backfill.share(4, 4);
        mention(1);
        mention(2);
        mention(3);
        see("MESSAGE_CREATE", "{\"id\":\"1\"}");
        // a guild of another shard
        see("MESSAGE_CREATE", "{\"guild_id\":\"" + (2L << 22) + "\"}");
        loop.run(SETTLED.plusSeconds(2));

        assertThat(guilds()).containsExactly(guild(3), guild(1), guild(2));
        backfill.released(SHARD);
        assertThat(cursors).last().isEqualTo(new SweepCursor(SHARD, guild(2), 8));
    }

    @Test
    void otherEvents_ofANewSession_areNotLookedInto() {
        identified(1);
        backfill.share(4, 4);
        mention(1);
        loop.run(SETTLED.plusSeconds(2));

        assertThat(sent).isEmpty();
    }

    @Test
    void share_isThePartOfTheShardsThatAreHeld() {
        resumed(1);
        for (int number = 1; number <= 100; number++) {
            mention(number);
        }
        loop.run(SETTLED);
        assertThat(sent).isEmpty();

        backfill.share(1, 4);
        loop.run(Duration.ofSeconds(10));
        assertThat(sent).hasSizeBetween(28, 30);

        backfill.share(1, 12);
        loop.run(Duration.ofSeconds(10));
        assertThat(sent).hasSizeBetween(37, 41);

        backfill.share(0, 0);
        int before = sent.size();
        loop.run(Duration.ofSeconds(10));
        assertThat(sent).hasSize(before);
    }

    @Test
    void shard_thatIsNotHeldAnyMore_isLeftAlone() {
        identified(1);
        create(1);
        backfill.released(SHARD);
        create(3);
        loop.run(SETTLED);

        assertThat(sent).isEmpty();
        assertThat(backfill.view().queued()).isZero();
    }

    @Test
    void view_saysWhatWaits() {
        identified(1);
        create(1);
        create(3);
        loop.run(SOON);
        assertThat(backfill.view().queued()).isEqualTo(2);
        loop.run(SETTLED);
        assertThat(backfill.view().inflight()).isEqualTo(2);
    }

    private void identified(long attempt) {
        backfill.taken(SHARD);
        backfill.live(SHARD, attempt);
        backfill.begun(SHARD);
    }

    private void resumed(long attempt) {
        backfill.taken(SHARD);
        backfill.live(SHARD, attempt);
    }

    private void create(int number) {
        see("GUILD_CREATE", "{\"id\":\"" + guild(number) + "\",\"member_count\":9,\"unavailable\":false}");
    }

    private void mention(int number) {
        see("MESSAGE_CREATE", "{\"id\":\"1\",\"guild_id\":\"" + guild(number) + "\"}");
    }

    private void see(String type, String data) {
        try {
            backfill.seen(SHARD, Payload.parse(("{\"t\":\"" + type + "\",\"s\":1,\"op\":0,\"d\":" + data + "}")
                    .getBytes(StandardCharsets.UTF_8)));
        } catch (BadFrameException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private List<Long> guilds() {
        return sent.stream().map(Sent::guild).toList();
    }

    /// One of the guilds of the shard.
    private static long guild(int number) {
        return (4L * number + 1) << 22;
    }
}
