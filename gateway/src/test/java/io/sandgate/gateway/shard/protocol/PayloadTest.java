package io.sandgate.gateway.shard.protocol;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PayloadTest {

    @Test
    void event_anyOrderOfKeys_givesItsEnvelopeAndTheBytesOfItsData() throws BadFrameException {
        byte[] message = bytes(
                " {\"d\": {\"a\" : [1, {\"ö\":\"}\"}]} ,\"t\":\"GUILD_CREATE\", \"x\":{\"op\":7},\"s\":42,\"op\":0} \n");

        Payload payload = Payload.parse(message);

        assertThat(payload.op()).isEqualTo(Opcode.DISPATCH);
        assertThat(payload.sequence()).isEqualTo(42);
        assertThat(payload.type()).isEqualTo("GUILD_CREATE");
        assertThat(payload.data()).hasToString("{\"a\" : [1, {\"ö\":\"}\"}]}");
        assertThat(payload.data().bytes()).isSameAs(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "true", "false", "-12.5e3", "17", "\"a \\\" \\u00e9 text\"", "[]", "{}", "[[{}]]"})
    void data_anyKindOfValue_isSlicedExactly(String data) throws BadFrameException {
        for (String space : new String[]{"", " ", "\n\t"}) {
            assertThat(Payload.parse(bytes("{\"op\":9,\"d\":" + space + data + space + "}")).data()).hasToString(data);
            assertThat(Payload.parse(bytes("{\"d\":" + space + data + space + ",\"op\":9}")).data()).hasToString(data);
        }
    }

    @Test
    void others_withoutSequenceAndType_haveMinusOneAndNone() throws BadFrameException {
        assertThat(Payload.parse(bytes("{\"op\":11}"))).satisfies(payload -> {
            assertThat(payload.op()).isEqualTo(Opcode.HEARTBEAT_ACK);
            assertThat(payload.sequence()).isEqualTo(-1);
            assertThat(payload.type()).isEmpty();
            assertThat(payload.data()).hasToString("null");
        });
        assertThat(Payload.parse(bytes("{\"op\":99,\"s\":null,\"t\":null,\"d\":5}")).sequence()).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[]", "null", "17", "\"op\"", "{}", "{\"op\":null}", "{\"op\":\"0\"}",
            "{\"op\":1.5}",
            "{\"op\":99999999999}", "{\"op\":1}x", "{\"op\":1}{\"op\":1}", "{\"op\":0,\"s\":1}",
            "{\"op\":0,\"t\":\"A\"}",
            "{\"op\":0,\"s\":null,\"t\":\"A\"}", "{\"op\":0,\"s\":-1,\"t\":\"A\"}",
            "{\"op\":0,\"s\":\"1\",\"t\":\"A\"}",
            "{\"op\":0,\"s\":1,\"t\":\"\"}", "{\"op\":0,\"s\":1,\"t\":7}", "{\"op\":1,\"d\":{]}",
            "{\"op\":1,\"d\":tru}",
            "{\"op\":1,\"d\":\"\n\"}", "{'op':1}", "\ufeff{\"op\":1}", "{\"op\":1,\"d\":", "{\"op\":1,}"})
    void message_notOneGoodPayload_isRefused(String message) {
        assertThatThrownBy(() -> Payload.parse(bytes(message))).isInstanceOf(BadFrameException.class)
                .hasMessageStartingWith("message: ");
    }

    @Test
    void message_otherEncoding_isRefused() {
        String message = "{\"op\":1}";
        assertThatThrownBy(() -> Payload.parse(message.getBytes(StandardCharsets.UTF_16LE)))
                .isInstanceOf(BadFrameException.class);
        assertThatThrownBy(() -> Payload.parse(message.getBytes(StandardCharsets.UTF_16)))
                .isInstanceOf(BadFrameException.class);
    }

    @Test
    void nesting_deepButBounded_isReadAndBeyondRefused() throws BadFrameException {
        assertThat(Payload.parse(bytes(nested(200))).data().length()).isEqualTo(400);
        assertThatThrownBy(() -> Payload.parse(bytes(nested(300)))).isInstanceOf(BadFrameException.class);
        assertThatThrownBy(() -> Payload.parse(bytes(nested(1_000_000)))).isInstanceOf(BadFrameException.class);
    }

    @Test
    void errors_secretsInTheData_doNotShowThem() {
        String secret = "aW50ZXJhY3Rpb246";
        for (String message : new String[]{"{\"op\":\"x\",\"d\":{\"token\":\"" + secret + "\"}}",
                "{\"d\":" + secret + "}", "{\"d\":{\"token\":" + secret, "{\"op\":1,\"d\":\"" + secret + "\"}}"}) {
            assertThatThrownBy(() -> Payload.parse(bytes(message))).isInstanceOf(BadFrameException.class)
                    .hasMessageNotContaining(secret).hasMessageContaining("bytes)").hasNoCause();
        }
        assertThatThrownBy(() -> Payload.parse(bytes("[" + "x".repeat(100_000))))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }

    @Test
    void toString_secretInTheData_isNotInIt() throws BadFrameException {
        assertThat(Payload.parse(bytes("{\"op\":0,\"s\":3,\"t\":\"INTERACTION_CREATE\",\"d\":{\"token\":\"secret\"}}")))
                .hasToString("op 0 s 3 t INTERACTION_CREATE (18 bytes)");
    }

    @Test
    void object_data_isReadOnlyWhenItIsOne() throws BadFrameException {
        assertThat(Payload.parse(bytes("{\"op\":10,\"d\":{\"heartbeat_interval\":45000}}")).object())
                .isEqualTo(new JsonObject().put("heartbeat_interval", 45000));
        for (String data : new String[]{"null", "[]", "1", "\"{}\""}) {
            Payload payload = Payload.parse(bytes("{\"op\":10,\"d\":" + data + "}"));
            assertThatThrownBy(payload::object).isInstanceOf(BadFrameException.class)
                    .hasMessage("d of op 10: not an object (expected: an object)");
        }
    }

    @Test
    void flag_data_isSetByTrueOnly() throws BadFrameException {
        assertThat(Payload.parse(bytes("{\"op\":9,\"d\":true}")).flag()).isTrue();
        for (String data : new String[]{"false", "null", "\"true\"", "1", "{}"}) {
            assertThat(Payload.parse(bytes("{\"op\":9,\"d\":" + data + "}")).flag()).isFalse();
        }
        assertThat(Payload.parse(bytes("{\"op\":9}")).flag()).isFalse();
    }

    @RepeatedTest(200)
    void bytes_random_areReadOrRefused(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        byte[] message = bytes(
                "{\"op\":0,\"s\":12,\"t\":\"MESSAGE_CREATE\",\"d\":{\"id\":\"1\",\"n\":[1,2.5,null,true]}}");
        if (random.nextInt(4) == 0) {
            random.nextBytes(message);
        }
        for (int changes = 0; changes < 200; changes++) {
            message[random.nextInt(message.length)] = (byte) random.nextInt();
            assertThat(isReadOrRefused(message.clone())).isTrue();
        }
    }

    @SuppressWarnings("CheckReturnValue") // what it is does not matter here
    private static boolean isReadOrRefused(byte[] message) {
        try {
            Payload payload = Payload.parse(message);
            assertThat(payload.data().length()).isPositive();
            payload.flag();
            payload.object();
        } catch (BadFrameException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
        return true;
    }

    private static String nested(int depth) {
        return "{\"op\":1,\"d\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
