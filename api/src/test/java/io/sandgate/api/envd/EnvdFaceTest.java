package io.sandgate.api.envd;

import io.sandgate.sandbox.runtime.GuestException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
class EnvdFaceTest {

    private final TestFace face = new TestFace();

    @AfterEach
    void close() {
        face.close();
    }

    @Test
    void close_withStreamsUnderWay_cutsThemAndListensNoMore() throws Exception {
        int port = face.port();
        try (RawClient client = face.raw()) {
            byte[] body = TestFace.envelope("{\"process\":{\"cmd\":\"cat\"}}");
            client.post("/process.Process/Start", "application/connect+json", "Content-Length: " + body.length)
                    .send(body).readUntil("\"pid\":41}}}\r\n");

            face.face.close("sb1");

            // Not even the last chunk of the body
            assertThat(client.rest()).isEmpty();
        }
        assertThat(face.programs.started.take().heard.take()).isEqualTo("cancel");
        assertThatThrownBy(() -> new RawClient(port)).isInstanceOf(ConnectException.class);
    }

    @Test
    void close_whileAFileIsRead_cutsItAndClosesTheFile() throws Exception {
        Files.write(face.root.resolve("big"), new byte[16 * 1024 * 1024]);
        try (RawClient client = face.raw()) {
            client.send("GET /files?path=/big HTTP/1.1\r\nHost: x\r\n\r\n").readUntil("\r\n\r\n");
            // Until nothing more goes to a client that reads nothing
            SeekableByteChannel file = face.files.readings.take();
            AtomicLong before = new AtomicLong(-1);
            Awaitility.await().during(Duration.ofMillis(500))
                    .until(() -> before.getAndSet(file.position()) == file.position());

            face.face.close("sb1");

            assertThat(client.rest().length()).isLessThan(16 * 1024 * 1024);
        }
        Awaitility.await().until(() -> face.files.open.get() == 0);
    }

    @Test
    void close_ofASandboxThatIsNotOpen_doesNothing() {
        face.face.close("other");
        face.face.close("sb1");
        face.face.close("sb1");
    }

    @Test
    void open_ofASecondSandbox_doesNotShareTheFirstOnesToken() {
        face.face.open(face.runtime("sb1", "new"));

        assertThat(face.call("process.Process/List", "{}")).startsWith("401");
        assertThat(face.call("process.Process/List", "{}", "x-access-token", "new")).startsWith("200");
    }

    @Test
    void open_whereNothingCanListen_saysWhere() {
        assertThatThrownBy(() -> face.face.open(face.runtime("sb2", "", "203.0.113.7")))
                .isInstanceOf(GuestException.class).hasMessageContaining("203.0.113.7")
                .extracting(failure -> ((GuestException) failure).code()).isEqualTo(GuestException.Code.UNAVAILABLE);
    }

    @Test
    void connections_beyondTheBound_areClosed() throws Exception {
        RawClient[] clients = new RawClient[TestFace.LIMITS.connections()];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = face.raw().send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
            clients[i].readUntil("\r\n\r\n");
        }

        try (RawClient oneMore = face.raw()) {
            assertThat(ending(oneMore)).isEmpty();
        }
        for (RawClient client : clients) {
            client.close();
        }
    }

    private static String ending(RawClient client) {
        try {
            return client.rest();
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void metrics_andVariables_areJson() {
        JsonObject metrics = new JsonObject(TestFace.text(face.get("/metrics")));

        assertThat(metrics.getLong("ts")).isEqualTo(TestFace.NOW.getEpochSecond());
        assertThat(metrics.getInteger("cpu_count")).isEqualTo(2);
        assertThat(metrics.getDouble("cpu_used_pct")).isEqualTo(12.5);
        assertThat(metrics.getLong("mem_total")).isEqualTo(1 << 30);
        assertThat(metrics.getLong("disk_used")).isEqualTo(5);
        assertThat(TestFace.text(face.get("/envs"))).isEqualTo("{\"A\":\"1\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/init", "/freeze", "/unfreeze", "/collapse", "/fsfreeze", "/fsthaw", "/upgrade", "/other"})
    void path_ofTheControlPlaneOrOfNothing_isNotFound(String path) {
        HttpResponse<byte[]> answer = face.send("POST", path, new byte[]{'{', '}'});

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(TestFace.text(answer)).startsWith("{\"code\":404,\"message\":\"");
    }

    @Test
    void method_thatAPathDoesNotKnow_isNotAllowed() {
        assertThat(face.send("DELETE", "/files?path=/a", new byte[0]).statusCode()).isEqualTo(405);
    }

    @Test
    void browser_ofAnyOrigin_mayCall() {
        HttpResponse<byte[]> asked = face.send("OPTIONS", "/process.Process/Start", new byte[0], "origin",
                "https://a.example", "access-control-request-method", "POST", "access-control-request-headers",
                "x-access-token,content-type");

        assertThat(asked.statusCode()).isEqualTo(204);
        assertThat(asked.headers().firstValue("access-control-allow-origin")).contains("*");
        assertThat(asked.headers().firstValue("access-control-max-age")).contains("7200");
        assertThat(asked.headers().firstValue("access-control-allow-headers"))
                .contains("x-access-token,content-type");
        assertThat(face.get("/health", "origin", "https://a.example").headers()
                .firstValue("access-control-allow-origin")).contains("*");
    }
}
