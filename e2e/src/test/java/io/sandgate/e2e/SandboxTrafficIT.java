package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.CounterServer;
import io.sandgate.e2e.harness.FreePorts;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.SandboxCaller.Form;
import io.sandgate.e2e.harness.SandboxWorld;
import io.sandgate.e2e.harness.WebSocketCaller;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/// Traffic to sandboxes through a replica that does not run them.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SandboxTrafficIT {

    private static final Map<String, String> BROWSER = Map.of("User-Agent",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Accept",
            "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "Sec-Fetch-Mode", "navigate");
    private static final int CLOSED_PORT = 1;

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.shared();

    @AutoClose
    private static final SandboxWorld world = SandboxWorld.open();

    private final ReplicaProcess owner = cluster.replica(1);
    private final ReplicaProcess other = cluster.replica(2);

    @Test
    void request_inEveryForm_reachesTheAddressOfItsSandbox() {
        String id = owner.api().created("base");
        String address = owner.route(id).getString("ip");

        for (Form form : Form.values()) {
            Answer answer = other.sandboxes().get(form, id, world.port(), "/a/path?with=query", Map.of());
            assertThat(answer.status()).as(form.name()).isEqualTo(200);
            assertThat(answer.body()).as(form.name()).isEqualTo(address);
        }
    }

    @Test
    void routingHeaders_onHostOfASandbox_areIgnored() {
        String page = owner.api().created("base");
        String victim = owner.api().created("base");

        Answer answer = other.sandboxes().get(Form.HOST, page, world.port(), "/",
                Map.of("E2b-Sandbox-Id", victim, "E2b-Sandbox-Port", Integer.toString(world.port())));

        assertThat(answer.body()).isEqualTo(owner.route(page).getString("ip"));
    }

    @Test
    void hostOfItsOwn_isWhatTheServersOfASandboxSee() {
        String id = owner.api().created(new JsonObject().put("templateID", "base").put("network",
                new JsonObject().put("maskRequestHost", "app.test:${PORT}")));

        Answer answer = other.sandboxes().get(id, world.port(), "/");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("x-world-host")).isEqualTo("app.test:" + world.port());
    }

    @Test
    void request_forAPausedSandbox_resumesItWhereItsMakerWantsThat() {
        String waking = owner.api().created(new JsonObject().put("templateID", "base").put("autoResume",
                new JsonObject().put("enabled", true)));
        String sleeping = owner.api().created("base");
        assertThat(owner.api().pause(waking).status()).isEqualTo(204);
        assertThat(owner.api().pause(sleeping).status()).isEqualTo(204);

        Answer answer = other.sandboxes().get(waking, world.port(), "/");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(owner.api().get(waking).json().getString("state")).isEqualTo("running");
        assertThat(other.sandboxes().get(sleeping, world.port(), "/").status()).isEqualTo(502);
        assertThat(owner.api().get(sleeping).json().getString("state")).isEqualTo("paused");
    }

    @Test
    void unknownSandbox_browserOrProgram_getsPageOrJson() {
        Answer page = other.sandboxes().get(Form.HOST, "inothere", 8000, "/", BROWSER);
        Answer json = other.sandboxes().get("inothere", 8000, "/");

        assertThat(page.status()).isEqualTo(502);
        assertThat(page.header("content-type")).startsWith("text/html");
        assertThat(page.body()).contains("inothere").contains("The sandbox was not found");
        assertThat(json.status()).isEqualTo(502);
        assertThat(json.header("content-type")).startsWith("application/json");
        assertThat(json.json().getString("sandboxId")).isEqualTo("inothere");
        assertThat(json.json().getString("message")).isEqualTo("The sandbox was not found");
        assertThat(json.json().getInteger("code")).isEqualTo(502);
    }

    @Test
    void closedPort_answersWithThatPort() {
        String id = owner.api().created("base");

        Answer answer = other.sandboxes().get(id, CLOSED_PORT, "/");

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.json().getInteger("port")).isEqualTo(CLOSED_PORT);
        assertThat(answer.json().getString("message")).isEqualTo("The sandbox is running but port is not open");
        assertThat(other.sandboxes().get(Form.HOST, id, CLOSED_PORT, "/", BROWSER).body()).contains("<html")
                .contains("port is not open");
    }

    @Test
    void body_streamedUp_comesBackWhole() {
        String id = owner.api().created("base");
        String body = "0123456789abcdef".repeat(64 * 1024);

        Answer answer = other.sandboxes().post(id, world.port(), "/echo", body);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(body);
    }

    @Test
    void answer_large_comesWhole() {
        String id = owner.api().created("base");

        Answer answer = other.sandboxes().get(id, world.port(), "/flood?bytes=20000000");

        assertThat(answer.body()).hasSize(20_000_000);
    }

    @Test
    void answer_thatNeverEnds_streamsUntilTheClientLeaves() throws IOException {
        String id = owner.api().created("base");
        int before = world.cutOff();

        try (BufferedReader lines = lines(other.sandboxes().open(id, world.port(), "/endless"))) {
            assertThat(lines.readLine()).isEqualTo("line");
            assertThat(lines.readLine()).isEqualTo("line");
        }

        await().atMost(Duration.ofSeconds(10)).until(() -> world.cutOff() > before);
    }

    @Test
    void answer_cutOffBySandbox_isNeverEndedCleanly() throws IOException {
        String id = owner.api().created("base");

        try (InputStream body = other.sandboxes().open(id, world.port(), "/abrupt").body()) {
            assertThatExceptionOfType(IOException.class).isThrownBy(body::readAllBytes);
        }
    }

    @Test
    void answer_resetBySandbox_isNeverEndedCleanly() throws IOException {
        String id = owner.api().created("base");

        try (ServerSocket server = new ServerSocket(FreePorts.take())) {
            Thread.ofVirtual().start(() -> resetInMidAnswer(server));
            try (InputStream body = other.sandboxes().open(id, server.getLocalPort(), "/").body()) {
                assertThatExceptionOfType(IOException.class).isThrownBy(body::readAllBytes);
            }
        }
    }

    private static void resetInMidAnswer(ServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.setSoLinger(true, 0);
            assertThat(socket.getInputStream().read()).isEqualTo('G');
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart"
                    .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void sandbox_killedInMidAnswer_cutsOffTheClient() throws IOException {
        String id = owner.api().created("counter");

        try (InputStream body = other.sandboxes().open(id, CounterServer.PORT, "/endless").body()) {
            assertThat(body.readNBytes(5)).isEqualTo("line\n".getBytes(StandardCharsets.UTF_8));
            assertThat(owner.api().kill(id).status()).isEqualTo(204);
            assertThatExceptionOfType(IOException.class).isThrownBy(body::readAllBytes);
        }
        assertThat(other.sandboxes().get(id, CounterServer.PORT, "/health").status()).isEqualTo(502);
    }

    @Test
    void route_withdrawnInMidAnswer_cutsOffTheClientThoughTheServerGoesOn() throws IOException {
        String id = owner.api().created("base");

        try (InputStream body = other.sandboxes().open(id, world.port(), "/endless").body()) {
            assertThat(body.readNBytes(5)).isEqualTo("line\n".getBytes(StandardCharsets.UTF_8));
            assertThat(owner.api().kill(id).status()).isEqualTo(204);
            assertThatExceptionOfType(IOException.class).isThrownBy(body::readAllBytes);
        }
    }

    @Test
    void webSocket_throughAnotherReplica_goesBothWays() {
        String id = owner.api().created("base");
        String address = owner.route(id).getString("ip");

        try (WebSocketCaller socket = new WebSocketCaller(cluster.http().client(), other.publicUrl() + "/ws",
                Map.of("E2b-Sandbox-Id", id, "E2b-Sandbox-Port", Integer.toString(world.port())))) {
            assertThat(socket.next()).isEqualTo(address);
            socket.send("hello");
            assertThat(socket.next()).isEqualTo("hello");
            socket.send("w".repeat(200_000));
            assertThat(socket.next()).hasSize(200_000);
        }
    }

    @Test
    void webSocket_ofKilledSandbox_isCutOff() {
        String id = owner.api().created("base");

        try (WebSocketCaller socket = new WebSocketCaller(cluster.http().client(),
                other.publicUrl() + "/sandbox/" + id + "/" + world.port() + "/ws", Map.of())) {
            socket.next();
            assertThat(other.api().kill(id).status()).isEqualTo(204);
            assertThat(socket.awaitEnd()).isNotEqualTo("closed 1000");
        }
    }

    @Test
    void client_thatResetsItsConnection_leavesTheSandboxServed() throws IOException {
        String id = owner.api().created("base");
        int before = world.cutOff();

        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), other.plan().publicPort())) {
            socket.setSoLinger(true, 0);
            socket.getOutputStream().write(("GET /sandbox/" + id + "/" + world.port()
                    + "/endless HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo('H');
        }

        await().atMost(Duration.ofSeconds(10)).until(() -> world.cutOff() > before);
        assertThat(other.sandboxes().get(id, world.port(), "/").status()).isEqualTo(200);
    }

    private static BufferedReader lines(HttpResponse<InputStream> answer) {
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }
}
