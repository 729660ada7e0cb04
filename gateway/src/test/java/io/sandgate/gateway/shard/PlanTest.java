package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.protocol.ShardId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class PlanTest {
    private static final Plan FOUR = Plan.NONE.only(4);

    private static ShardId shard(int number, int count) {
        return new ShardId(number, count);
    }

    @Test
    void plan_ofOneCount_connectsAndHandsOnAllButWhatIsDisconnected() {
        Plan plan = FOUR.disconnected(Set.of(1), true);

        assertThat(plan.counts()).containsExactly(4);
        assertThat(plan.connects(shard(0, 4))).isTrue();
        assertThat(plan.connects(shard(1, 4))).isFalse();
        assertThat(plan.connects(shard(0, 8))).isFalse();
        assertThat(plan.handsOn(shard(0, 4))).isTrue();
        assertThat(plan.handsOn(shard(0, 8))).isFalse();
        assertThat(plan.disconnected(Set.of(1), false).connects(shard(1, 4))).isTrue();
    }

    @Test
    void plan_thatIsNotKnown_hasNoShards() {
        assertThat(Plan.NONE.counts()).isEmpty();
        assertThat(Plan.NONE.isKnown()).isFalse();
    }

    @Test
    void eachChange_isALaterVersion() {
        Plan rescaling = FOUR.rescaling(8);

        assertThat(
                List.of(FOUR, rescaling, rescaling.with(Set.of(1), Set.of()), rescaling.disconnected(Set.of(1), true)))
                .extracting(Plan::version).containsExactly(1L, 2L, 3L, 3L);
        assertThat(FOUR.latest(rescaling)).isEqualTo(rescaling);
        assertThat(rescaling.latest(FOUR)).isEqualTo(rescaling);
    }

    @Test
    void rescale_toAMultiple_handsOnTheSuccessorsOfWhatIsCutOver() {
        Plan plan = FOUR.rescaling(8).with(Set.of(1), Set.of());

        assertThat(plan.successors(1)).containsExactly(shard(1, 8), shard(5, 8));
        assertThat(plan.handsOn(shard(5, 8))).isTrue();
        assertThat(plan.handsOn(shard(4, 8))).isFalse();
        assertThat(plan.handsOn(shard(1, 4))).as("until all know").isTrue();
        assertThat(plan.connects(shard(1, 4))).isTrue();
        Plan retired = plan.with(Set.of(), Set.of(1));
        assertThat(retired.handsOn(shard(1, 4))).isFalse();
        assertThat(retired.connects(shard(1, 4))).isFalse();
        assertThat(retired.connects(shard(0, 4))).isTrue();
    }

    @Test
    void rescale_toAnotherNumber_handsOnTheNewShardsWhenAllAreCutOver() {
        Plan plan = FOUR.rescaling(6);

        assertThat(plan.successors(2)).hasSize(6);
        assertThat(plan.with(Set.of(0, 1, 2), Set.of()).handsOn(shard(0, 6))).isFalse();
        assertThat(plan.with(Set.of(0, 1, 2, 3), Set.of()).handsOn(shard(0, 6))).isTrue();
    }

    /// At no step of a rescale is there a guild whose events nobody hands on.
    @ParameterizedTest
    @CsvSource({"4,8", "4,6", "6,4", "1,3", "3,1", "5,20"})
    void rescale_stepByStep_leavesNoGuildOut(int from, int to) {
        Rescale rescale = new Rescale();
        Plan plan = Plan.NONE.only(from).rescaling(to);
        Set<ShardId> live = new HashSet<>();
        IntStream.range(0, from).forEach(number -> live.add(shard(number, from)));
        for (int step = 0; plan.isRescaling(); step++) {
            assertThat(step).isLessThan(10 * (from + to));
            if (step % 3 == 0 && step / 3 < to) {
                live.add(shard(step / 3, to));
            }
            plan = rescale.advance(plan, live::contains, plan.version());
            for (long guild = 0; guild < (long) from * to; guild++) {
                long id = guild << 22;
                boolean old = plan.handsOn(ShardId.ofGuild(id, from)) && plan.connects(ShardId.ofGuild(id, from));
                ShardId next = ShardId.ofGuild(id, to);
                assertThat(old || (plan.handsOn(next) && live.contains(next))).as("guild %s in %s", guild, plan)
                        .isTrue();
            }
        }
        assertThat(plan.counts()).containsExactly(to);
    }

    @Test
    void oldShard_isClosedOnlyWhenEveryHolderHasThePlan() {
        Rescale rescale = new Rescale();
        Plan begun = FOUR.rescaling(8);

        Plan cut = rescale.advance(begun, shard -> shard.number() % 4 == 2, begun.version());
        assertThat(cut.cut()).containsExactly(2);
        assertThat(rescale.advance(cut, shard -> shard.number() % 4 == 2, cut.version() - 1)).isEqualTo(cut);
        assertThat(rescale.advance(cut, shard -> shard.number() % 4 == 2, cut.version()).retired()).containsExactly(2);
    }

    @Test
    void leader_thatDidNotCutOverItself_waitsForThePresentPlan() {
        Plan cut = FOUR.rescaling(8).with(Set.of(2), Set.of());

        assertThat(new Rescale().advance(cut, shard -> false, cut.version() - 1)).isEqualTo(cut);
        assertThat(new Rescale().advance(cut, shard -> false, cut.version()).retired()).containsExactly(2);
    }
}
