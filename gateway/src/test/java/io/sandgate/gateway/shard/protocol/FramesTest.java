package io.sandgate.gateway.shard.protocol;

import io.sandgate.gateway.shard.protocol.Frames.Identify;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class FramesTest {

    @Test
    void heartbeat_sequence_isTheDataAndNullBeforeTheFirst() {
        assertThat(Frames.heartbeat(-1)).hasToString("{\"op\":1,\"d\":null}");
        assertThat(Frames.heartbeat(0)).hasToString("{\"op\":1,\"d\":0}");
        assertThat(Frames.heartbeat(251)).hasToString("{\"op\":1,\"d\":251}");
    }

    @Test
    void identify_shard_asksWithAllThatTheUpstreamWants() {
        JsonObject frame = Frames.identify(new Identify("tok", new ShardId(3, 16), 1L << 25, 250)).toJsonObject();

        assertThat(frame).isEqualTo(new JsonObject("""
                {"op":2,"d":{"token":"tok","properties":{"os":"sandgate","browser":"sandgate","device":"sandgate"},
                 "intents":33554432,"large_threshold":250,"shard":[3,16]}}"""));
    }

    @Test
    void identify_asText_hidesTheToken() {
        assertThat(new Identify("tok-123", new ShardId(3, 16), 5, 50))
                .hasToString("shard 3/16 with intents 5, large from 50");
    }

    @Test
    void identify_badParts_areRefused() {
        ShardId shard = new ShardId(0, 1);
        assertThatIllegalArgumentException().isThrownBy(() -> new Identify(" ", shard, 5, 50));
        assertThatIllegalArgumentException().isThrownBy(() -> new Identify("t", shard, -1, 50));
        assertThatIllegalArgumentException().isThrownBy(() -> new Identify("t", shard, 5, 49));
        assertThatIllegalArgumentException().isThrownBy(() -> new Identify("t", shard, 5, 251))
                .withMessage("large threshold: 251 (expected: 50-250)");
    }

    @Test
    void resume_session_namesWhereItGoesOn() {
        assertThat(Frames.resume("tok", "abc\"", 7).toJsonObject()).isEqualTo(new JsonObject(
                "{\"op\":6,\"d\":{\"token\":\"tok\",\"session_id\":\"abc\\\"\",\"seq\":7}}"));
        assertThatIllegalArgumentException().isThrownBy(() -> Frames.resume("tok", "", 7));
        assertThatIllegalArgumentException().isThrownBy(() -> Frames.resume("tok", "abc", -1));
    }

    @Test
    void requestMembers_wholeList_hasTheGuildAsText() {
        assertThat(Frames.requestMembers(-1, "n1").toJsonObject()).isEqualTo(new JsonObject(
                "{\"op\":8,\"d\":{\"guild_id\":\"18446744073709551615\",\"query\":\"\",\"limit\":0,\"nonce\":\"n1\"}}"));
    }

    @Test
    void requestMembers_nonceOfMoreThan32Bytes_isRefused() {
        assertThat(Frames.requestMembers(1, "é".repeat(16)).length()).isPositive();
        assertThatIllegalArgumentException().isThrownBy(() -> Frames.requestMembers(1, "é".repeat(17)))
                .withMessage("nonce: 34 bytes (expected: at most 32)");
    }

    @Test
    void frame_longerThanTheUpstreamTakes_isRefusedWithoutItsText() {
        String token = "t".repeat(4096);
        assertThatIllegalArgumentException().isThrownBy(() -> Frames.resume(token, "s", 1))
                .withMessage("frame of op 6: 4146 bytes (expected: at most 4096)");
        assertThat(Frames.resume("t".repeat(4096 - 50), "s", 1).length()).isEqualTo(4096);
    }
}
