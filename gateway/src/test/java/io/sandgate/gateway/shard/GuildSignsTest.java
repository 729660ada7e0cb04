package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.backfill.MemberChunk;
import io.sandgate.gateway.shard.protocol.BadFrameException;
import io.sandgate.gateway.shard.protocol.Payload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class GuildSignsTest {

    @Test
    void guildCreate_isOfAGuildThatIsThere() throws Exception {
        assertThat(of("GUILD_CREATE", """
                {"roles": [{"id": "9", "guild_id": "8", "member_count": 1}], "member_count": 120, "unavailable": false,
                 "owner": {"id": "7"}, "id": "4194304", "channels": []}"""))
                .contains(new GuildSign.Present(4_194_304, 120));
        assertThat(of("GUILD_CREATE", "{\"id\": 4194304}")).contains(new GuildSign.Present(4_194_304, 0));
    }

    @Test
    void guildCreate_unavailable_saysNothing() throws Exception {
        assertThat(of("GUILD_CREATE", "{\"id\":\"1\",\"member_count\":5,\"unavailable\":true}")).isEmpty();
    }

    @Test
    void guildDelete_isOfAGuildThatIsGone_unlessItIsOnlyUnavailable() throws Exception {
        assertThat(of("GUILD_DELETE", "{\"id\":\"5\"}")).contains(new GuildSign.Gone(5));
        assertThat(of("GUILD_DELETE", "{\"id\":\"5\",\"unavailable\":true}")).isEmpty();
    }

    @Test
    void members_joinAndLeave() throws Exception {
        assertThat(of("GUILD_MEMBER_ADD", "{\"user\":{\"id\":\"3\",\"guild_id\":\"4\"},\"guild_id\":\"5\"}"))
                .contains(new GuildSign.Moved(5, 1));
        assertThat(of("GUILD_MEMBER_REMOVE", "{\"guild_id\":\"5\"}")).contains(new GuildSign.Moved(5, -1));
    }

    @Test
    void chunk_isCountedWithoutWhatIsInIt() throws Exception {
        assertThat(of("GUILD_MEMBERS_CHUNK", """
                {"guild_id":"5","members":[{"user":{"id":"1"},"roles":["2","3"]},{"nonce":"x","members":[1,2,3]}],
                 "not_found":[],"chunk_index":1,"chunk_count":3,"nonce":"abc"}"""))
                .contains(new GuildSign.Chunk(new MemberChunk(5, "abc", 1, 3, 2)));
        assertThat(of("GUILD_MEMBERS_CHUNK", "{\"guild_id\":\"5\",\"members\":[],\"chunk_index\":0,\"chunk_count\":1}"))
                .contains(new GuildSign.Chunk(new MemberChunk(5, "", 0, 1, 0)));
    }

    @Test
    void rateLimited_ofAMemberRequest_saysHowLong() throws Exception {
        assertThat(of("RATE_LIMITED",
                "{\"opcode\":8,\"retry_after\":27.1501,\"meta\":{\"guild_id\":\"5\",\"nonce\":\"abc\"}}"))
                .contains(new GuildSign.Refused(5, "abc", Duration.ofMillis(27_151)));
        assertThat(
                of("RATE_LIMITED", "{\"opcode\":8,\"retry_after\":1e300,\"meta\":{\"guild_id\":\"5\",\"nonce\":null}}"))
                .contains(new GuildSign.Refused(5, "", Duration.ofHours(1)));
        assertThat(of("RATE_LIMITED", "{\"opcode\":4,\"retry_after\":1,\"meta\":{\"guild_id\":\"5\"}}")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "7", "{}", "{\"id\":{\"id\":\"5\"},\"guild_id\":[\"5\"],\"members\":[]}",
            "{\"id\":\"-5\",\"guild_id\":\"five\",\"members\":[]}",
            "{\"id\":99999999999999999999,\"guild_id\":\"9999999999999999999\",\"members\":[]}",
            "{\"meta\":7,\"opcode\":8,\"member_count\":\"many\",\"members\":{\"id\":\"5\",\"guild_id\":\"5\"}}"})
    void event_thatIsNotAsExpected_saysNothing(String data) throws Exception {
        for (String type : new String[]{"GUILD_CREATE", "GUILD_DELETE", "GUILD_MEMBER_ADD", "GUILD_MEMBERS_CHUNK",
                "RATE_LIMITED"}) {
            assertThat(of(type, data)).as(type).isEmpty();
        }
        assertThat(GuildSigns.mention(event("MESSAGE_CREATE", data))).isEmpty();
    }

    @Test
    void mention_isTheEventsOwnGuild() throws Exception {
        assertThat(GuildSigns.mention(event("MESSAGE_CREATE", """
                {"content":"\\"guild_id\\":\\"6\\"","message_reference":{"guild_id":"7"},"guild_id":"5","id":"1"}""")))
                .contains(new GuildSign.Mentioned(5));
        assertThat(GuildSigns.mention(event("MESSAGE_CREATE", "{\"message_reference\":{\"guild_id\":\"7\"}}")))
                .isEmpty();
    }

    @Test
    void mention_behindMuchElse_isNotLookedFor() throws Exception {
        String much = "{\"content\":\"" + "x".repeat(20_000) + "\",\"guild_id\":\"5\"}";

        assertThat(GuildSigns.mention(event("MESSAGE_CREATE", much))).isEmpty();
        assertThat(GuildSigns.mention(event("MESSAGE_CREATE", much.replace("x".repeat(10_000), ""))))
                .contains(new GuildSign.Mentioned(5));
    }

    private static Optional<GuildSign> of(String type, String data) throws BadFrameException {
        return GuildSigns.of(event(type, data));
    }

    private static Payload event(String type, String data) throws BadFrameException {
        return Payload.parse(("{\"t\":\"" + type + "\",\"s\":1,\"op\":0,\"d\":" + data + "}")
                .getBytes(StandardCharsets.UTF_8));
    }
}
