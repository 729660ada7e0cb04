package io.sandgate.api.envd;

import io.sandgate.sandbox.runtime.Programs.Source;
import io.sandgate.sandbox.runtime.Programs.TerminalSize;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class ProcessServiceTest {

    private static final String START = "process.Process/Start";
    private static final String CAT = "{\"process\":{\"cmd\":\"cat\"},\"tag\":\"t\"}";

    private final TestFace face = new TestFace();

    @AfterEach
    void close() {
        face.close();
    }

    @Test
    void start_ofACommand_tellsItsStartItsOutputAndItsEnd() throws Exception {
        try (TestFace.Events events = face.open(START, """
                {"process":{"cmd":"/bin/bash","args":["-l","-c","echo hi"],"envs":{"A":"1"},"cwd":"/tmp"},\
                "stdin":false}""", "connect-timeout-ms", "60000", "authorization", "Basic cm9vdDo=")) {
            assertThat(events.next()).isEqualTo("{\"event\":{\"start\":{\"pid\":41}}}");
            FakePrograms.Program program = face.programs.started.take();
            program.write(Source.STDOUT, "hi\n");
            program.write(Source.STDERR, "oh");
            program.end(0, "exit status 0", false);

            assertThat(events.next()).isEqualTo("{\"event\":{\"data\":{\"stdout\":\"aGkK\"}}}");
            assertThat(events.next()).isEqualTo("{\"event\":{\"data\":{\"stderr\":\"b2g=\"}}}");
            assertThat(events.next()).isEqualTo(
                    "{\"event\":{\"end\":{\"exitCode\":0,\"exited\":true,\"status\":\"exit status 0\"}}}");
            assertThat(events.next()).isEqualTo("end {}");
            assertThat(events.in().read()).isNegative();
            assertThat(program.spec.command()).isEqualTo("/bin/bash");
            assertThat(program.spec.arguments()).isEqualTo(List.of("-l", "-c", "echo hi"));
            assertThat(program.spec.environment()).isEqualTo(Map.of("A", "1"));
            assertThat(program.spec.workingDirectory()).isEqualTo("/tmp");
            assertThat(program.spec.user()).isEqualTo("root");
            assertThat(program.spec.input()).isFalse();
            assertThat(program.spec.terminal()).isEmpty();
            assertThat(program.spec.timeout()).contains(Duration.ofMinutes(1));
        }
    }

    @Test
    void start_thatSaysLittle_hasAnInputAndTheDefaultUser() throws Exception {
        face.open(START, CAT).next();

        FakePrograms.Program program = face.programs.started.take();
        assertThat(program.spec.input()).isTrue();
        assertThat(program.spec.user()).isEqualTo("user");
        assertThat(program.spec.tag()).isEqualTo("t");
        assertThat(program.spec.timeout()).isEmpty();
    }

    @Test
    void start_ofAProgramThatWritesAndEndsAtOnce_tellsTheStartFirst() {
        face.programs.onStart = program -> {
            program.write(Source.STDOUT, "a");
            program.end(3, "exit status 3", false);
        };

        try (TestFace.Events events = face.open(START, CAT)) {
            assertThat(events.next()).contains("start");
            assertThat(events.next()).contains("stdout");
            assertThat(events.next()).contains("\"exitCode\":3", "\"error\":\"exit status 3\"");
            assertThat(events.next()).isEqualTo("end {}");
        }
    }

    @Test
    void start_atATerminal_hasItsSizeAndItsOutput() throws Exception {
        try (TestFace.Events events = face.open(START,
                "{\"process\":{\"cmd\":\"/bin/bash\"},\"pty\":{\"size\":{\"cols\":80,\"rows\":24}}}")) {
            events.next();
            FakePrograms.Program program = face.programs.started.take();
            program.write(Source.TERMINAL, "x");

            assertThat(events.next()).isEqualTo("{\"event\":{\"data\":{\"pty\":\"eA==\"}}}");
            assertThat(program.spec.terminal()).isEqualTo(Optional.of(new TerminalSize(80, 24)));
        }
    }

    @Test
    void start_thatIsRefused_saysWhyInTheStream() {
        try (TestFace.Events noUser = face.open(START, CAT, "authorization", "Basic bm9ib2R5LWhlcmU6");
                TestFace.Events noCommand = face.open(START, "{\"process\":{}}");
                TestFace.Events noSize = face.open(START,
                        "{\"process\":{\"cmd\":\"a\"},\"pty\":{\"size\":{\"cols\":0}}}")) {
            assertThat(noUser.error()).isEqualTo("unauthenticated: there is no user nobody-here");
            assertThat(noCommand.error()).startsWith("invalid_argument: process.cmd");
            assertThat(noSize.error()).startsWith("invalid_argument: pty.size.cols");
        }
    }

    @Test
    void program_whoseTimeIsOver_endsTheStreamAsLate() throws Exception {
        try (TestFace.Events events = face.open(START, CAT, "connect-timeout-ms", "100")) {
            events.next();
            face.programs.started.take().end(-1, "signal: killed", true);

            assertThat(events.error()).startsWith("deadline_exceeded");
        }
    }

    @Test
    void connect_whoseTimeIsOver_endsWithoutKilling() throws Exception {
        face.open(START, CAT).next();
        FakePrograms.Program program = face.programs.started.take();
        try (TestFace.Events events = face.open("process.Process/Connect", "{\"process\":{\"tag\":\"t\"}}",
                "connect-timeout-ms", "777")) {
            assertThat(events.next()).isEqualTo("{\"event\":{\"start\":{\"pid\":41}}}");
            awaitTimer(Duration.ofMillis(777));
            face.timers.fire(Duration.ofMillis(777));

            assertThat(events.error()).startsWith("deadline_exceeded");
            assertThat(program.heard.take()).isEqualTo("cancel");
            assertThat(program.outputs).hasSize(1);
            assertThat(face.programs.calls).isEmpty();
        }
    }

    @Test
    void connect_toAProgramThatThereIsNot_isNotFound() {
        try (TestFace.Events events = face.open("process.Process/Connect", "{\"process\":{\"pid\":9}}")) {
            assertThat(events.error()).startsWith("not_found");
        }
    }

    @Test
    void client_thatGoesAway_onlyStopsListening() throws Exception {
        try (RawClient client = face.raw()) {
            byte[] body = TestFace.envelope(CAT);
            client.post("/process.Process/Start", "application/connect+json", "Content-Length: " + body.length)
                    .send(body).readUntil("\"pid\"");
        }

        FakePrograms.Program program = face.programs.started.take();
        assertThat(program.heard.take()).isEqualTo("cancel");
        assertThat(face.call("process.Process/List", "{}")).contains("\"pid\":" + program.pid);
        assertThat(face.programs.calls).isEmpty();
    }

    @Test
    void client_thatDoesNotRead_holdsTheProgramBackUntilItDoes() throws Exception {
        try (RawClient client = face.raw()) {
            byte[] body = TestFace.envelope(CAT);
            client.post("/process.Process/Start", "application/connect+json", "Content-Length: " + body.length)
                    .send(body).readUntil("\"pid\"");
            FakePrograms.Program program = face.programs.started.take();
            int written = 0;
            while (program.heard.isEmpty()) {
                program.write(Source.STDOUT, "x".repeat(32 * 1024));
                written += 32 * 1024;
                assertThat(written).isLessThan(64 * 1024 * 1024);
            }
            assertThat(program.heard.take()).isEqualTo("pause");

            client.read(written);
            assertThat(program.heard.poll(10, TimeUnit.SECONDS)).isEqualTo("resume");
            program.end(0, "exit status 0", false);
            assertThat(client.readUntil("exit status 0")).contains("exitCode");
        }
    }

    @Test
    void stream_thatIsSilent_isKeptAlive() throws Exception {
        try (TestFace.Events events = face.open(START, CAT, "keepalive-ping-interval", "50")) {
            events.next();
            for (int i = 0; i < 3; i++) {
                awaitTimer(Duration.ofSeconds(50));
                face.timers.fire(Duration.ofSeconds(50));
                assertThat(events.next()).isEqualTo("{\"event\":{\"keepalive\":{}}}");
            }

            face.programs.started.take().end(0, "exit status 0", false);
            events.next();
            events.next();
            Awaitility.await().until(() -> face.timers.count() == 0);
        }
    }

    @Test
    void keepalive_withoutASaneInterval_hasItsDefaultOrItsBound() {
        face.open(START, CAT, "keepalive-ping-interval", "0").next();
        awaitTimer(Duration.ofSeconds(90));
        face.open(START, CAT, "keepalive-ping-interval", "999999999").next();
        awaitTimer(Duration.ofMinutes(5));
    }

    @Test
    void calls_aboutAProgram_reachIt() {
        face.open(START, CAT).next();

        assertThat(face.call("process.Process/SendInput",
                "{\"process\":{\"pid\":41},\"input\":{\"stdin\":\"YWJj\"}}")).isEqualTo("200 {}");
        assertThat(face.call("process.Process/SendInput",
                "{\"process\":{\"tag\":\"t\"},\"input\":{\"pty\":\"eA\"}}")).isEqualTo("200 {}");
        assertThat(face.call("process.Process/SendSignal", "{\"process\":{\"pid\":\"41\"},\"signal\":15}"))
                .isEqualTo("200 {}");
        assertThat(face.call("process.Process/Update",
                "{\"process\":{\"pid\":41},\"pty\":{\"size\":{\"cols\":100,\"rows\":30}}}")).isEqualTo("200 {}");
        assertThat(face.call("process.Process/CloseStdin", "{\"process\":{\"pid\":41}}")).isEqualTo("200 {}");
        assertThat(face.programs.calls).containsExactly("input 41 stdin abc", "input 41 pty x", "signal 41 TERM",
                "resize 41 100x30", "close 41");
        assertThat(face.call("process.Process/SendSignal",
                "{\"process\":{\"pid\":4294967295},\"signal\":\"SIGNAL_SIGKILL\"}"))
                .startsWith("404 {\"code\":\"not_found\"");
    }

    @Test
    void list_ofPrograms_saysWhatWasStarted() {
        face.open(START, "{\"process\":{\"cmd\":\"a\",\"args\":[\"b\"],\"envs\":{\"c\":\"d\"},\"cwd\":\"/e\"}}").next();

        assertThat(face.call("process.Process/List", "{}")).isEqualTo("200 {\"processes\":[{\"config\":{\"cmd\":\"a\","
                + "\"args\":[\"b\"],\"envs\":{\"c\":\"d\"},\"cwd\":\"/e\"},\"pid\":41}]}");
    }

    @Test
    void streamInput_ofSeveralPieces_reachesTheProgramInOrder() {
        face.open(START, CAT).next();
        byte[] body = TestFace.envelope("{\"start\":{\"process\":{\"pid\":41}}}",
                "{\"data\":{\"input\":{\"stdin\":\"YQ==\"}}}", "{\"keepalive\":{}}",
                "{\"data\":{\"input\":{\"stdin\":\"Yg==\"}}}");

        try (TestFace.Events events = face.openRaw("process.Process/StreamInput", body)) {
            assertThat(events.next()).isEqualTo("{}");
            assertThat(events.next()).isEqualTo("end {}");
        }
        assertThat(face.programs.calls).containsExactly("input 41 stdin a", "input 41 stdin b");
    }

    @Test
    void streamInput_withoutItsStart_isAnInvalidArgument() {
        byte[] body = TestFace.envelope("{\"data\":{\"input\":{\"stdin\":\"YQ==\"}}}");

        try (TestFace.Events events = face.openRaw("process.Process/StreamInput", body)) {
            assertThat(events.error()).startsWith("invalid_argument");
        }
    }

    private void awaitTimer(Duration delay) {
        Awaitility.await().until(() -> face.timers.isWaiting(delay));
    }
}
