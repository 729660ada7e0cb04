package io.sandgate.api.envd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class ConnectProtocolTest {

    private static final String START = "process.Process/Start";
    private static final String INPUT = "{\"process\":{\"pid\":41},\"input\":{\"stdin\":\"aGk=\"}}";

    private final TestFace face = new TestFace();

    @AfterEach
    void close() {
        face.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"process.Process/Explode", "filesystem.Filesystem/Explode", "other.Service/List"})
    void procedure_thatThereIsNot_isUnimplemented(String procedure) {
        assertThat(face.call(procedure, "{}")).startsWith("404 {\"code\":\"unimplemented\"").contains(procedure);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {
            []
            "text"
            {} {}
            {"process":7}
            {"process":{"pid":"many"},"signal":"SIGNAL_SIGKILL"}
            {"process":{"pid":-1},"signal":"SIGNAL_SIGKILL"}
            {"process":{"pid":1e99999999},"signal":"SIGNAL_SIGKILL"}
            {"process":{},"signal":"SIGNAL_SIGKILL"}
            {"process":{"pid":41},"signal":"SIGNAL_SIGSTOP"}
            """)
    void message_thatMakesNoSense_isAnInvalidArgument(String json) {
        assertThat(face.call("process.Process/SendSignal", json)).startsWith("400 {\"code\":\"invalid_argument\"");
    }

    @Test
    void message_thatIsEmpty_isAnInvalidArgument() {
        assertThat(face.call("process.Process/List", "")).startsWith("400 {\"code\":\"invalid_argument\"");
    }

    @Test
    void message_thatIsTooLong_isRefused() {
        String json = "{\"pad\":\"" + "x".repeat(TestFace.LIMITS.message()) + "\"}";

        assertThat(face.call("process.Process/List", json)).startsWith("429 {\"code\":\"resource_exhausted\"");
    }

    @ParameterizedTest
    @CsvSource({"process.Process/List,application/connect+json,415", "process.Process/List,text/plain,415",
            "process.Process/List,application/proto,501", "process.Process/Start,application/json,415",
            "process.Process/Start,application/connect+proto,501"})
    void contentType_ofAnotherForm_isRefused(String procedure, String type, int status) {
        assertThat(face.send("POST", "/" + procedure, "{}".getBytes(StandardCharsets.UTF_8), "content-type", type)
                .statusCode()).isEqualTo(status);
    }

    @Test
    void contentType_withACharset_isTaken() {
        assertThat(face.send("POST", "/process.Process/List", "{}".getBytes(StandardCharsets.UTF_8), "content-type",
                "Application/JSON; charset=utf-8").statusCode()).isEqualTo(200);
    }

    @Test
    void method_otherThanPost_isNotAllowed() {
        assertThat(face.get("/process.Process/List").statusCode()).isEqualTo(405);
    }

    @Test
    void protocolVersion_thatIsUnknown_isRefused() {
        assertThat(face.call("process.Process/List", "{}", "connect-protocol-version", "2"))
                .startsWith("400 {\"code\":\"invalid_argument\"");
        assertThat(face.call("process.Process/List", "{}", "connect-protocol-version", "1")).startsWith("200 ");
    }

    @Test
    void envelope_thatClaimsFourGibibytes_isRefusedAtItsHead() throws Exception {
        try (RawClient client = face.raw()) {
            client.post("/process.Process/Start", "application/connect+json", "Content-Length: 4294967300")
                    .send(new byte[]{0, -1, -1, -1, -1});

            assertThat(client.rest()).startsWith("HTTP/1.1 200").contains("resource_exhausted", "4294967295");
        }
    }

    @ParameterizedTest
    @CsvSource({"'',no envelope", "000000,within an envelope", "000000000a7b7d,within an envelope",
            "01000000027b7d,compressed", "04000000027b7d,flags", "00000000027b5d,JSON",
            "00000000027b7d00000000027b7d,second"})
    void envelope_thatIsMalformed_isAnInvalidArgument(String hex, String reason) {
        byte[] body = java.util.HexFormat.of().parseHex(hex);

        try (TestFace.Events events = face.openRaw(START, body)) {
            assertThat(events.error()).startsWith("invalid_argument").contains(reason);
        }
    }

    @Test
    void body_thatBreaksOff_leavesNothingBehind() throws Exception {
        for (int i = 0; i <= TestFace.LIMITS.calls(); i++) {
            try (RawClient client = face.raw()) {
                client.post("/process.Process/Start", "application/connect+json", "Expect: 100-continue",
                        "Content-Length: 100").readUntil("100 Continue");
            }
        }

        assertThat(face.programs.started).isEmpty();
        // Each has its place until it is seen to be gone
        String first = "end";
        while (first.startsWith("end")) {
            try (TestFace.Events events = face.open(START, "{\"process\":{\"cmd\":\"x\"}}")) {
                first = events.next();
            }
        }
        assertThat(first).contains("start");
    }

    @Test
    void unaryCall_overItsTime_isToldSoAndInterrupted() throws Exception {
        startOne();
        face.programs.inputGate = new CountDownLatch(1);
        Thread firing = Thread.ofVirtual().start(() -> {
            await("writing");
            Awaitility.await().until(() -> face.timers.isWaiting(Duration.ofMillis(1500)));
            face.timers.fire(Duration.ofMillis(1500));
        });

        assertThat(face.call("process.Process/SendInput", INPUT, "connect-timeout-ms", "1500"))
                .startsWith("504 {\"code\":\"deadline_exceeded\"");
        firing.join();
        await("interrupted");
    }

    @Test
    void unaryCall_whoseClientIsGone_isInterrupted() throws Exception {
        startOne();
        face.programs.inputGate = new CountDownLatch(1);
        try (RawClient client = face.raw()) {
            client.post("/process.Process/SendInput", "application/json", "Content-Length: " + INPUT.length())
                    .send(INPUT);
            await("writing");
        }

        await("interrupted");
    }

    @Test
    void calls_beyondTheBound_areRefusedUntilOneIsDone() throws Exception {
        for (int i = 0; i < TestFace.LIMITS.calls(); i++) {
            startOne();
        }

        assertThat(face.call("process.Process/List", "{}")).startsWith("429 {\"code\":\"resource_exhausted\"");
        try (TestFace.Events events = face.open(START, "{\"process\":{\"cmd\":\"x\"}}")) {
            assertThat(events.error()).startsWith("resource_exhausted");
        }
        assertThat(face.get("/files?path=/a").statusCode()).isEqualTo(429);
        assertThat(face.get("/health").statusCode()).isEqualTo(204);

        face.programs.started.element().end(0, "exit status 0", false);
        String answer = "429";
        while (answer.startsWith("429")) {
            answer = face.call("process.Process/List", "{}");
        }
        assertThat(answer).startsWith("200");
    }

    @Test
    void calls_thatAreDone_leaveTheirPlaces() {
        for (int i = 0; i < 2 * TestFace.LIMITS.calls(); i++) {
            assertThat(face.call("process.Process/List", "{}")).startsWith("200");
            assertThat(face.call("process.Process/List", "[")).startsWith("400");
            assertThat(face.get("/files?path=/none").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void messages_thatAreLong_haveBoundedRoomAndLeaveShortOnesTheirs() throws Exception {
        String json = "{\"pad\":\"" + "x".repeat(TestFace.LIMITS.message() - 100) + "\"}";
        try (RawClient stalled = stalled(json)) {
            assertThat(face.call("process.Process/List", "{}")).startsWith("200");

            stalled.send("}");
            assertThat(stalled.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200");
        }
        while (!face.call("process.Process/List", json).startsWith("200")) {
            Thread.onSpinWait();
        }
    }

    /// A client that has sent all but the end of a long message, and has the room for it. The calls that ask whether it has
    /// may take that room while its message is still coming, and it is refused then: so another one tries. Where both are
    /// refused, the next call is not.
    private RawClient stalled(String json) throws IOException {
        while (true) {
            RawClient client = face.raw();
            client.post("/process.Process/List", "application/json", "Content-Length: " + json.length())
                    .send(json.substring(0, json.length() - 1));
            for (int refused = 0; !client.hasAnswer();) {
                String answer = face.call("process.Process/List", json);
                refused = answer.startsWith("429 {\"code\":\"resource_exhausted\"") ? refused + 1 : 0;
                if (refused == 2) {
                    return client;
                }
            }
            client.close();
        }
    }

    private void startOne() {
        assertThat(face.open(START, "{\"process\":{\"cmd\":\"cat\"}}").next()).contains("start");
    }

    private void await(String call) {
        try {
            assertThat(face.programs.calls.poll(10, TimeUnit.SECONDS)).isEqualTo(call);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
