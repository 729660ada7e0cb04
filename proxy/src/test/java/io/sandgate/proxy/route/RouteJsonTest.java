package io.sandgate.proxy.route;

import io.sandgate.proxy.route.RouteJson.MalformedRouteException;
import io.sandgate.proxy.route.RouteResult.Reason;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RouteJsonTest {
    private static final String REQUIRED = "\"namespace\":\"default\",\"name\":\"n\",\"id\":\"i\",\"uid\":\"u\",\"resourceVersion\":\"7\"";

    private static @Nullable Route read(String json) throws MalformedRouteException {
        return RouteJson.read(json.getBytes(UTF_8));
    }

    private static Route route(String json) throws MalformedRouteException {
        return Objects.requireNonNull(read(json));
    }

    private static String again(String json) throws MalformedRouteException {
        return new String(RouteJson.write(route(json)), UTF_8);
    }

    private static MalformedRouteException refusal(String json) {
        try {
            throw new AssertionError("read as " + read(json) + ": " + json);
        } catch (MalformedRouteException e) {
            return e;
        }
    }

    @Test
    void read_allFields_areKept() throws Exception {
        Route route = route(
                """
                        {"namespace":"default","name":"n","id":"i","uid":"u","owner":"team-a","ip":"127.77.0.9","state":"running",
                         "resourceVersion":"114","authority":"replica-1","requireTrafficAuth":true}""");
        assertThat(route).isEqualTo(new Route("default", "n", "i", "u", "team-a", "127.77.0.9", "running",
                RouteVersion.of(114), "replica-1", TrafficRules.TOKEN, null));
    }

    @Test
    void read_absentAndNullFields_areEmpty() throws Exception {
        Route route = route("{" + REQUIRED + ",\"owner\":null,\"authority\":null,\"requireTrafficAuth\":null}");
        assertThat(route.owner()).isEmpty();
        assertThat(route.authority()).isEmpty();
        assertThat(route.traffic().requireToken()).isFalse();
        assertThat(route.state()).isEqualTo("creating");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"accessToken\":\"s3cret\"", "\"n\":1.0E+2", "\"n\":1e5", "\"n\":100e0", "\"n\":-0.0",
            "\"n\":-0", "\"n\":0.10", "\"n\":123456789012345678901234567890", "\"n\":1e-9999999999",
            "\"n\":0.1234567890123456789012345678901234567890", "\"a\":[1,[2,{\"b\":null}],true,false,\"x\"],\"c\":{}",
            "\"\":\"empty name\"", "\"quote\\\"name\":\"\\\\ \\n\"", "\"emoji\":\"\uD83D\uDE00 \u00e9\""})
    void unknownFields_areKeptAndPassedOnAsTheyWere(String fields) throws Exception {
        String json = "{" + REQUIRED + "," + fields + "}";
        Route route = route(json);
        assertThat(route.extra()).isEqualTo(fields);
        assertThat(again(json)).endsWith("," + fields + "}");
        assertThat(route(again(json))).isEqualTo(route);
    }

    @Test
    void unknownFields_ofPrettyPrintedJson_fitOnOneLine() throws Exception {
        String json = again("{\n " + REQUIRED + ",\n \"a\" : [ 1,\n 2 ],\r\n \"b\": { \"c\" :\n 3 } }");
        assertThat(json).endsWith(",\"a\":[1,2],\"b\":{\"c\":3}}").doesNotContain("\n");
    }

    @Test
    void write_isReadAsTheSameRoute() throws Exception {
        Route route = new Route("ns \u00e9", "n\"\\", "i ", "u", "", "fd00::1", "weird", RouteVersion.of(1, 1), "",
                TrafficRules.OPEN,
                "\"x\":{\"y\":[1.50,\"\\n\"]}");
        assertThat(RouteJson.read(RouteJson.write(route))).isEqualTo(route);
        assertThat(new String(RouteJson.write(route), UTF_8)).doesNotContain("\n").doesNotContain("authority");
    }

    @Test
    void read_versionBeyondLong_isKept() throws Exception {
        String json = "{" + REQUIRED.replace("\"7\"", "\"18446744073709551616\"") + "}";
        assertThat(again(json)).contains("\"resourceVersion\":\"18446744073709551616\"");
    }

    @Test
    void read_idWithoutKey_isTheLegacyFormThatMeansNothing() throws Exception {
        assertThat(read("{\"id\":\"i\"}")).isNull();
        assertThat(read("{\"id\":\"i\",\"ip\":\"10.0.0.1\",\"state\":\"dead\",\"x\":1}")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"namespace", "name", "id", "uid"})
    void s6_missingField_isNamed(String field) {
        for (String empty : new String[]{"\"" + field + "\":\"\"", "\"" + field + "\":null"}) {
            String json = "{" + REQUIRED.replaceAll("\"" + field + "\":\"[a-z]+\"", empty) + "}";
            assertThat(refusal(json)).hasMessage(field + ": (missing) (expected: a non-empty string)");
            assertThat(refusal(json).reason()).isEqualTo(Reason.MISSING_FIELD);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"namespace", "name", "id", "uid", "owner", "ip", "state", "resourceVersion", "authority"})
    void read_controlCharacter_isRefused(String field) {
        for (String escape : new String[]{"\\n", "\\r", "\\u0000", "\\u001b", "\\u007f", "\\u0085"}) {
            String json = "{" + REQUIRED.replaceAll(",?\"" + field + "\":\"[^\"]+\"", "") + ",\"" + field + "\":\"a"
                    + escape
                    + "b\"}";
            assertThat(refusal(json.replace("{,", "{")))
                    .hasMessage(field + ": (expected: text without control characters)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "01", "rv", "-1", "1.0", ""})
    void s8_badVersion_isRefused(String version) {
        MalformedRouteException refusal = refusal("{" + REQUIRED.replace("\"7\"", "\"" + version + "\"") + "}");
        assertThat(refusal.reason()).isEqualTo(Reason.INVALID_RESOURCE_VERSION);
        assertThat(refusal).hasMessageStartingWith("resourceVersion: " + (version.isEmpty() ? "(missing)" : version));
    }

    @Test
    void read_hugeBadVersion_isNotRepeatedInFull() {
        assertThat(refusal("{" + REQUIRED.replace("\"7\"", "\"0" + "9".repeat(100_000) + "\"") + "}").getMessage())
                .hasSizeLessThan(200);
    }

    @Test
    void read_deadWithoutVersion_isRefusedAndWithOneNeedsOnlyTheKey() throws Exception {
        assertThat(refusal("{\"namespace\":\"d\",\"name\":\"n\",\"state\":\"dead\"}").reason())
                .isEqualTo(Reason.INVALID_RESOURCE_VERSION);
        assertThat(route("{\"namespace\":\"d\",\"name\":\"n\",\"state\":\"dead\",\"resourceVersion\":\"3\"}").isDead())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "[]", "1", "\"x\"", "{", "{}x", "{} {}", "{]", "nope", "{'id':'i'}",
            "{\"id\":1}", "{\"ip\":{}}", "{\"name\":[\"n\"]}", "{\"requireTrafficAuth\":\"true\"}",
            "{\"requireTrafficAuth\":1}", "{\"maskRequestHost\":7}", "{\"maskRequestHost\":\"a b\"}",
            "{\"resourceVersion\":7}", "{\"id\":\"a\",\"id\":\"b\"}",
            "{\"x\":{\"a\":1,\"a\":2}}", "{\"x\":1,\"x\":2}", "{\"x\":NaN}", "{\"x\":01}", "{\"id\":\"\\ud800\"}",
            "{\"x\":\"\\udc00\"}", "{\"x\":\"\\ud800\\ud800\"}", "{\"\\ud800\":1}", "{\"x\":[\"\\ud800x\"]}"})
    void read_whatIsNoRoute_isMalformed(String json) {
        assertThat(refusal(json).reason()).isIn(Reason.MALFORMED, Reason.MISSING_FIELD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"x\":\"\\udc00\"", "\"x\":\"\\ud800\\ud800\"", "\"\\ud800\":1", "\"x\":[\"\\ud800x\"]",
            "\"owner\":\"\\ud800\"", "\"state\":\"a\\udfff\""})
    void read_halfSurrogate_isRefusedSinceItCouldNotBeWrittenAgain(String fields) {
        assertThat(refusal("{" + REQUIRED + "," + fields + "}").reason()).isEqualTo(Reason.MALFORMED);
    }

    @Test
    void read_deepNesting_isRefused() throws Exception {
        String deep = "[".repeat(40) + "]".repeat(40);
        assertThat(refusal("{" + REQUIRED + ",\"x\":" + deep + "}").reason()).isEqualTo(Reason.MALFORMED);
        String veryDeep = "[".repeat(200_000);
        assertThat(refusal("{" + REQUIRED + ",\"x\":" + veryDeep).reason()).isEqualTo(Reason.MALFORMED);
        String flat = "[".repeat(20) + "]".repeat(20);
        assertThat(again("{" + REQUIRED + ",\"x\":" + flat + "}")).endsWith("\"x\":" + flat + "}");
    }

    @Test
    void s10_refusal_doesNotRepeatTheBody() {
        assertThat(refusal("{\"accessToken\":\"s3cret\",").getMessage()).doesNotContain("s3cret");
        assertThat(refusal("{\"accessToken\":\"s3cret\",\"id\":5}").getMessage()).doesNotContain("s3cret");
        assertThat(refusal("{\"accessToken\":\"s3cret\",\"id\":5}")).hasNoCause();
    }

    @Test
    void read_everyPrefixOfARoute_isMalformedAndNothingElse() {
        byte[] whole = ("{" + REQUIRED
                + ",\"owner\":\"t\",\"requireTrafficAuth\":true,\"x\":{\"y\":[1.5e3,-2,\"\u00e9\",null]}}")
                .getBytes(UTF_8);
        for (int length = 0; length < whole.length; length++) {
            byte[] prefix = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(MalformedRouteException.class).isThrownBy(() -> RouteJson.read(prefix));
        }
    }

    @Test
    void read_damagedRoute_isARouteThatCanBeWrittenOrMalformed() throws Exception {
        byte[] whole = ("{" + REQUIRED
                + ",\"owner\":\"t\",\"state\":\"running\",\"x\":{\"y\":[1.5e3,-2,\"\\u00e9\",null],\"z\":\"\u00e9\"}}")
                .getBytes(UTF_8);
        Random random = new Random(42);
        for (int round = 0; round < 30_000; round++) {
            byte[] damaged = whole.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            Route route;
            try {
                route = RouteJson.read(damaged);
            } catch (MalformedRouteException e) {
                continue;
            }
            if (route != null) {
                assertThat(RouteJson.read(RouteJson.write(route))).isEqualTo(route);
            }
        }
    }
}
