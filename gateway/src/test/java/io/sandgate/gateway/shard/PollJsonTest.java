package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.assign.Holding;
import io.sandgate.gateway.shard.assign.Orders;
import io.sandgate.gateway.shard.assign.Orders.Lease;
import io.sandgate.gateway.shard.assign.Release;
import io.sandgate.gateway.shard.pacing.Permit;
import io.sandgate.gateway.shard.pacing.PermitReport;
import io.sandgate.gateway.shard.pacing.Waiting;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.record.SessionRecord;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PollJsonTest {
    private static final ShardId FIRST = new ShardId(0, 4);
    private static final ShardId LAST = new ShardId(3, 4);
    private static final long BIG = Long.MAX_VALUE - 1;
    private static final SessionRecord SESSION = new SessionRecord(LAST, BIG, "a", "s", URI.create("wss://x.example"),
            7, 3,
            "NONE", 1, 2);
    private static final Plan PLAN = new Plan(9, 4, 8, Set.of(1, 2), Set.of(1), Set.of(3));

    @Test
    void poll_writtenAndRead_isTheSame() {
        Poll poll = new Poll("a", 5, BIG, 7, List.of(new Holding(FIRST, BIG, true, false)),
                List.of(new Release(LAST, 2, Optional.of(SESSION)), new Release(FIRST, 3, Optional.empty())),
                List.of(new Waiting(FIRST, 11, true)),
                List.of(new PermitReport(BIG, LAST, PermitReport.Kind.REJECTED)), "4004: no", true, PLAN);

        assertThat(PollJson.readPoll(new JsonObject(PollJson.write(poll).encode()))).isEqualTo(poll);
    }

    @Test
    void answer_writtenAndRead_isTheSame() {
        PollAnswer answer = new PollAnswer(BIG,
                new Orders(List.of(new Lease(FIRST, 1, Optional.empty()), new Lease(LAST, BIG, Optional.of(SESSION))),
                        List.of(FIRST), true),
                List.of(new Permit(BIG, FIRST, 12)), PLAN, Optional.of(URI.create("wss://gateway.example")), "");

        assertThat(PollJson.readAnswer(new JsonObject(PollJson.write(answer).encode()))).isEqualTo(answer);
    }

    @Test
    void answer_withoutAGateway_hasNone() {
        PollAnswer answer = new PollAnswer(1, new Orders(List.of(), List.of(), false), List.of(), Plan.NONE,
                Optional.empty(), "");

        assertThat(PollJson.readAnswer(new JsonObject(PollJson.write(answer).encode()))).isEqualTo(answer);
    }

    @Test
    void objects_ofAnotherKind_areRefused() {
        assertThatThrownBy(() -> PollJson.readPoll(new JsonObject())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PollJson.readAnswer(new JsonObject().put("sessions", 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
