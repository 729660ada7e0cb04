package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// What an SDK asks of one replica and, through its proxy, of the runtimes of its sandboxes. Safe for any thread.
final class GuestClient implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int PIECE = 1 << 20;

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String base;

    /// A sandbox and the token of its runtime.
    record Guest(String id, String token) {}

    GuestClient(ReplicaProcess replica) {
        this.base = replica.publicUrl();
    }

    Guest create(String template) {
        JsonObject made = new JsonObject(api("POST", "/v2/sandboxes",
                new JsonObject().put("templateID", template).put("timeout", 3600).encode(), 201));
        return new Guest(made.getString("sandboxID"), made.getString("envdAccessToken"));
    }

    void pause(Guest guest) {
        api("POST", "/sandboxes/" + guest.id() + "/pause", "{}", 204);
    }

    void kill(Guest guest) {
        api("DELETE", "/sandboxes/" + guest.id(), "", 204);
    }

    /// Runs a command as the SDK does, and reads all that it says.
    ///
    /// @return how many bytes came
    long run(Guest guest, String command) {
        byte[] message = new JsonObject().put("process", new JsonObject().put("cmd", "/bin/bash")
                .put("args", new JsonArray(List.of("-l", "-c", command)))).encode().getBytes(StandardCharsets.UTF_8);
        ByteBuffer envelope = ByteBuffer.allocate(message.length + 5).put((byte) 0).putInt(message.length).put(message);
        HttpRequest request = request(guest, "/process.Process/Start")
                .header("Content-Type", "application/connect+json").header("Connect-Protocol-Version", "1")
                .POST(BodyPublishers.ofByteArray(envelope.array())).build();
        return drain(send(request, BodyHandlers.ofInputStream()));
    }

    /// Writes a file of zeros.
    void upload(Guest guest, String path, long bytes) {
        HttpRequest request = request(guest, "/files?path=" + path).header("Content-Type", "application/octet-stream")
                .POST(zeros(bytes)).build();
        drain(send(request, BodyHandlers.ofInputStream()));
    }

    /// Reads a file.
    ///
    /// @return how many bytes came
    long download(Guest guest, String path) {
        return drain(send(request(guest, "/files?path=" + path).GET().build(), BodyHandlers.ofInputStream()));
    }

    private static BodyPublisher zeros(long bytes) {
        byte[] piece = new byte[PIECE];
        return BodyPublishers.ofInputStream(() -> new InputStream() {
            private long left = bytes;

            @Override
            public int read() {
                return left-- > 0 ? 0 : -1;
            }

            @Override
            public int read(byte[] into, int from, int length) {
                if (left <= 0) {
                    return -1;
                }
                int count = (int) Math.min(Math.min(left, length), piece.length);
                System.arraycopy(piece, 0, into, from, count);
                left -= count;
                return count;
            }
        });
    }

    private HttpRequest.Builder request(Guest guest, String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).timeout(PATIENCE)
                .header("E2b-Sandbox-Id", guest.id()).header("E2b-Sandbox-Port", "49983")
                .header("X-Access-Token", guest.token());
    }

    private String api(String method, String path, String body, int expected) {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(base + path)).timeout(PATIENCE)
                .header("X-API-Key", ClusterProcesses.KEY).method(method, BodyPublishers.ofString(body)).build(),
                BodyHandlers.ofString());
        if (answer.statusCode() != expected) {
            throw new AssertionError(method + " " + path + " answered " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) {
        try {
            return client.send(request, handler);
        } catch (IOException e) {
            throw new AssertionError(request + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(request + " was interrupted", e);
        }
    }

    private static long drain(HttpResponse<InputStream> answer) {
        byte[] piece = new byte[PIECE];
        long count = 0;
        try (InputStream body = answer.body()) {
            for (int read = body.read(piece); read >= 0; read = body.read(piece)) {
                count += read;
            }
        } catch (IOException e) {
            throw new AssertionError(answer.request() + " broke off", e);
        }
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.request() + " answered " + answer.statusCode());
        }
        return count;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
