package io.sandgate.api.stream.source;

import io.sandgate.gateway.shard.ShardListener.Change;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/// What a replica tells of its shards.
class ShardEventsTest {
    @RegisterExtension
    final SourcesRig rig = new SourcesRig();

    @Test
    void shard_changes_areTold() {
        rig.news(Change.HELD, 0, "");
        rig.news(Change.LIVE, 2, "");
        rig.news(Change.LOST, 2, "closed with 4000");
        assertThat(rig.log.lastData()).isEqualTo(new JsonObject("""
                {"shard":[3,16],"replica":"r1","epoch":7,"attempt":2,"reason":"closed with 4000"}"""));
        assertThat(rig.log.last().subject()).isEqualTo("shard/r1/3/16");
        assertThat(rig.state()).hasSize(1);
        rig.news(Change.RELEASED, 0, "given to another replica");

        assertThat(rig.log.kinds()).containsExactly("shard.held", "shard.live", "shard.lost", "shard.released");
        assertThat(rig.state()).isEmpty();
        assertThat(rig.log.events()).extracting(Event::last).containsExactly(false, false, false, true);
        assertThat(rig.log.events()).allMatch(event -> event.owner().isEmpty() && event.reach() == Reach.CLUSTER);
    }

    @Test
    void shard_thatMoves_isNotHiddenByWhatTheFormerOwnerSaysLate() {
        rig.news(Change.HELD, 0, "");
        Event late = new Event("shard.released", rig.log.last().subject().replace("r1", "r2"), true, Life.START, "", "",
                Map.of(), "{}", Reach.CLUSTER);
        rig.log.replicated("r2", 1, late);
        assertThat(rig.state()).hasSize(1);
    }

    @Test
    void shard_thatWasReleased_isNotToldOfWhenTheLogIsCompared() {
        rig.news(Change.HELD, 0, "");
        rig.news(Change.RELEASED, 0, "");
        rig.compare();
        assertThat(rig.log.kinds()).containsExactly("shard.held", "shard.released");
    }

    @Test
    void shard_whoseChangeTheLogLost_isToldAgain() {
        rig.news(Change.LIVE, 2, "");
        rig.log.refuse(true);
        rig.news(Change.LOST, 2, "closed with 4000");
        rig.log.refuse(false);
        rig.compare();
        assertThat(rig.log.kinds()).containsExactly("shard.live", "shard.lost");
        assertThat(rig.log.lastData().getString("reason")).isEqualTo("closed with 4000");
    }

    @Test
    void shard_ofAnEarlierLife_isReleasedInTheLog() {
        rig.news(Change.LIVE, 2, "");
        rig.compare(rig.open());
        assertThat(rig.log.kinds()).containsExactly("shard.live", "shard.released");
        assertThat(rig.log.last().subject()).isEqualTo("shard/r1/3/16");
        assertThat(rig.log.last().last()).isTrue();
        assertThat(rig.log.lastData()).isEqualTo(new JsonObject("""
                {"shard":[3,16],"replica":"r1","epoch":7,"attempt":2,"reason":"found at start"}"""));
    }
}
