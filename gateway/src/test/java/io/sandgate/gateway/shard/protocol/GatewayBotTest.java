package io.sandgate.gateway.shard.protocol;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GatewayBotTest {
    private static final String GOOD = """
            {"url":"wss://gateway.discord.gg/","shards":9,"more":[1],
             "session_start_limit":{"total":1000,"remaining":999,"reset_after":14400000,"max_concurrency":16}}""";

    @Test
    void parse_answer_givesAllOfIt() throws BadFrameException {
        assertThat(GatewayBot.parse(bytes(GOOD))).isEqualTo(new GatewayBot(URI.create("wss://gateway.discord.gg/"), 9,
                new SessionStartLimit(1000, 999, Duration.ofHours(4), 16)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"url|null", "url|17", "url|\"\"", "url|\"https://gateway.discord.gg\"",
            "url|\"wss:gateway\"", "url|\"wss://a b\"", "url|\"wss:///x\"", "shards|0", "shards|-1", "shards|\"9\"",
            "shards|1.5",
            "shards|null", "shards|4294967297", "shards|100001", "session_start_limit|null", "session_start_limit|[]"})
    void parse_badPart_isRefusedByItsName(String name, String value) {
        JsonObject answer = new JsonObject(GOOD);
        answer.put(name, new JsonObject("{\"v\":" + value + "}").getValue("v"));
        assertThatThrownBy(() -> GatewayBot.parse(bytes(answer.encode()))).isInstanceOf(BadFrameException.class)
                .hasMessageStartingWith("gateway: " + name + ": ").hasMessageContaining("(expected: ");
    }

    @ParameterizedTest
    @CsvSource({"total,0", "total,", "remaining,-1", "reset_after,-1", "reset_after,9999999999999", "max_concurrency,0",
            "max_concurrency,", "max_concurrency,4294967312"})
    void parse_badLimit_isRefusedByItsName(String name, Long value) {
        JsonObject answer = new JsonObject(GOOD);
        answer.getJsonObject("session_start_limit").put(name, value);
        assertThatThrownBy(() -> GatewayBot.parse(bytes(answer.encode()))).isInstanceOf(BadFrameException.class)
                .hasMessageStartingWith("gateway: " + name + ": " + value + " (expected: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "17", "{", "<html>429</html>"})
    void parse_noObject_isRefused(String text) {
        assertThatThrownBy(() -> GatewayBot.parse(bytes(text))).isInstanceOf(BadFrameException.class);
    }

    @Test
    void parse_randomBytes_areReadOrRefused() {
        Random random = new Random(9);
        for (int i = 0; i < 20_000; i++) {
            byte[] answer = bytes(GOOD);
            for (int changes = random.nextInt(6); changes >= 0; changes--) {
                answer[random.nextInt(answer.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(GatewayBot.parse(answer).shards()).isPositive();
            } catch (BadFrameException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
