package io.sandgate.gateway.connection.socket;

import io.sandgate.gateway.connection.socket.ClientFrame.Join;
import io.sandgate.gateway.connection.socket.ClientFrame.Leave;
import io.sandgate.gateway.connection.socket.ClientFrame.Ping;
import io.sandgate.gateway.connection.socket.ClientFrame.Unreadable;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ClientFramesTest {

    private static ClientFrame read(String text) {
        return ClientFrames.read(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void read_whatClientsMaySend_isThat() {
        assertThat(read("{\"type\":\"join\",\"room\":\"a\"}")).isEqualTo(new Join("a"));
        assertThat(read(" {\"room\" : \"\\u0061/\" , \"type\":\"leave\"} ")).isEqualTo(new Leave("a/"));
        assertThat(read("{\"type\":\"ping\"}")).isEqualTo(new Ping());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "1", "[]", "\"ping\"", "{", "{}", "{\"type\":\"ping\"", "{\"type\":null}",
            "{\"type\":1}", "{\"type\":\"Ping\"}", "{\"type\":\"message\",\"data\":1}", "{\"type\":\"join\"}",
            "{\"type\":\"leave\"}", "{\"room\":\"a\"}", "{\"type\":\"join\",\"room\":1}",
            "{\"type\":\"join\",\"room\":null}", "{\"type\":\"join\",\"room\":{\"a\":1}}",
            "{\"type\":\"join\",\"room\":[\"a\"]}", "{\"type\":\"join\",\"room\":\"a\",\"more\":1}",
            "{\"type\":\"join\",\"type\":\"leave\",\"room\":\"a\"}", "{\"type\":\"ping\",\"room\":\"a\"}",
            "{\"type\":\"ping\"}{\"type\":\"ping\"}", "{\"type\":\"ping\"} x", "{'type':'ping'}", "{type:\"ping\"}",
            "\uFEFF{\"type\":\"ping\"}", "// a\n{\"type\":\"ping\"}", "{\"type\":\"ping\",}"})
    void read_anythingElse_endsTheConnectionForPolicy(String text) {
        assertThat(read(text)).isInstanceOfSatisfying(Unreadable.class,
                unreadable -> assertThat(unreadable.code()).isEqualTo(1008));
    }

    @Test
    void read_notUtf8_endsTheConnectionForBadData() {
        byte[] bytes = "{\"type\":\"join\",\"room\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(ClientFrames.read(bytes)).isInstanceOfSatisfying(Unreadable.class,
                unreadable -> assertThat(unreadable.code()).isEqualTo(1007));
    }

    @Test
    void read_deeplyNested_isRefusedWithoutReadingOn() {
        assertThat(read("{\"type\":" + "[".repeat(100_000))).isInstanceOf(Unreadable.class);
    }
}
