package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.session.ShardState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ShardTellerTest {
    private static final ShardId SHARD = new ShardId(0, 2);
    private static final ShardId OTHER = new ShardId(1, 2);

    private final List<String> told = new ArrayList<>();
    private final ShardTeller teller = new ShardTeller(news -> told
            .add(news.shard() + " " + news.change() + " " + news.epoch() + " " + news.attempt() + " " + news.note()));

    @Test
    void life_isToldOnceEach() {
        teller.taken(SHARD, 7);
        become(ShardState.WAITING, ShardState.DIALLING, ShardState.HELLO, ShardState.QUEUED, ShardState.IDENTIFYING,
                ShardState.LIVE, ShardState.LIVE, ShardState.FENCED, ShardState.LIVE, ShardState.WAITING,
                ShardState.DIALLING, ShardState.RESUMING, ShardState.LIVE, ShardState.HANDING_OVER);
        teller.released(SHARD, 8, "given away");
        become(ShardState.RELEASED);

        assertThat(told).containsExactly("0/2 HELD 7 0 ", "0/2 LIVE 7 3 why", "0/2 LOST 7 3 why", "0/2 LIVE 7 3 why",
                "0/2 LOST 7 3 why", "0/2 RESUMING 7 3 why", "0/2 LIVE 7 3 why", "0/2 RELEASED 8 0 given away");
    }

    @Test
    void shard_thatWasNeverLive_isLostWhenItIsRefused() {
        teller.taken(SHARD, 7);
        become(ShardState.WAITING, ShardState.REFUSED, ShardState.REFUSED, ShardState.DISCONNECTED);
        assertThat(told).containsExactly("0/2 HELD 7 0 ", "0/2 LOST 7 3 why");
    }

    @Test
    void shard_thatIsNotHeld_isNotTold() {
        become(ShardState.LIVE);
        teller.released(SHARD, 7, "");
        teller.taken(OTHER, 1);
        teller.released(OTHER, 1, "");
        teller.released(OTHER, 1, "");
        teller.taken(OTHER, 2);
        assertThat(told).containsExactly("1/2 HELD 1 0 ", "1/2 RELEASED 1 0 ", "1/2 HELD 2 0 ");
    }

    private void become(ShardState... states) {
        for (ShardState state : states) {
            teller.changed(SHARD, state, 7, 3, "why");
        }
    }
}
