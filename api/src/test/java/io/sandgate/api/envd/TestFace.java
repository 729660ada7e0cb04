package io.sandgate.api.envd;

import io.sandgate.sandbox.runtime.Programs;
import io.sandgate.sandbox.runtime.SandboxFiles;
import io.sandgate.sandbox.runtime.SandboxRuntime;
import io.sandgate.sandbox.runtime.Usage;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/// A face with one open sandbox at a free port, and a client for it.
final class TestFace implements AutoCloseable {

    static final Instant NOW = Instant.parse("2026-05-04T03:02:01Z");
    static final EnvdLimits LIMITS = new EnvdLimits(64, 16, 4, 256 * 1024, 320 * 1024, Duration.ofMinutes(10),
            Duration.ofSeconds(640));

    final FakePrograms programs = new FakePrograms();
    final ManualTimers timers = new ManualTimers();
    final Path root;
    final DirectoryFiles files;
    final EnvdFace face;
    private final Vertx vertx = Vertx.vertx();
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    TestFace() {
        this("");
    }

    /// @param token empty for a sandbox that is not secured
    TestFace(String token) {
        try {
            root = Files.createTempDirectory("envd");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        files = new DirectoryFiles(root);
        face = new EnvdFace(vertx, workers, LIMITS, InstantSource.fixed(NOW), new Random(1), 2, timers::on, 0);
        face.open(runtime("sb1", token));
    }

    SandboxRuntime runtime(String id, String token) {
        return runtime(id, token, "127.0.0.1");
    }

    SandboxRuntime runtime(String id, String token, String address) {
        return new SandboxRuntime() {
            @Override
            public String id() {
                return id;
            }

            @Override
            public String address() {
                return address;
            }

            @Override
            public Optional<String> accessToken() {
                return Optional.of(token).filter(text -> !text.isEmpty());
            }

            @Override
            public Map<String, String> environment() {
                return Map.of("A", "1");
            }

            @Override
            public Programs programs() {
                return programs;
            }

            @Override
            public SandboxFiles files() {
                return files;
            }

            @Override
            public Usage usage() {
                return new Usage(NOW, 2, 12.5, 1 << 30, 1 << 20, 3, 4, 5);
            }
        };
    }

    int port() {
        return face.port("sb1");
    }

    RawClient raw() throws IOException {
        return new RawClient(port());
    }

    HttpResponse<byte[]> send(String method, String path, byte[] body, String... fields) {
        HttpRequest.Builder request = request(path, fields).method(method, BodyPublishers.ofByteArray(body));
        try {
            return client.send(request.build(), BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<byte[]> get(String path, String... fields) {
        return send("GET", path, new byte[0], fields);
    }

    /// A unary call, as `<status> <body>`.
    String call(String procedure, String json, String... fields) {
        String[] all = Stream.concat(Stream.of("content-type", "application/json"), Stream.of(fields))
                .toArray(String[]::new);
        HttpResponse<byte[]> answer = send("POST", "/" + procedure, json.getBytes(StandardCharsets.UTF_8), all);
        return answer.statusCode() + " " + text(answer);
    }

    /// A stream's answer, once its head is there.
    Events open(String procedure, String json, String... fields) {
        return openRaw(procedure, envelope(json), fields);
    }

    Events openRaw(String procedure, byte[] body, String... fields) {
        String[] all = Stream.concat(Stream.of("content-type", "application/connect+json"), Stream.of(fields))
                .toArray(String[]::new);
        try {
            return new Events(client.send(request("/" + procedure, all).POST(BodyPublishers.ofByteArray(body)).build(),
                    BodyHandlers.ofInputStream()).body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] envelope(String... messages) {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        for (String message : messages) {
            byte[] json = message.getBytes(StandardCharsets.UTF_8);
            out.writeBytes(ByteBuffer.allocate(5 + json.length).put((byte) 0).putInt(json.length).put(json).array());
        }
        return out.toByteArray();
    }

    static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private HttpRequest.Builder request(String path, String... fields) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofSeconds(20));
        return fields.length == 0 ? request : request.headers(fields);
    }

    @Override
    public void close() {
        client.shutdownNow();
        face.close();
        workers.shutdownNow();
        vertx.close().await();
        try (Stream<Path> all = Files.walk(root)) {
            all.sorted(java.util.Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The envelopes of an answer.
    record Events(InputStream in) implements AutoCloseable {

        /// The next one: its JSON, with `end` in front for the last.
        String next() {
            try {
                ByteBuffer head = ByteBuffer.wrap(in.readNBytes(5));
                byte flags = head.get();
                String json = new String(in.readNBytes(head.getInt()), StandardCharsets.UTF_8);
                return (flags == 2 ? "end " : "") + json;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /// The code and message of the last envelope.
        String error() {
            String last = next();
            if (!last.startsWith("end ")) {
                throw new AssertionError("not the end: " + last);
            }
            JsonObject error = new JsonObject(last.substring(4)).getJsonObject("error");
            return error.getString("code") + ": " + error.getString("message");
        }

        @Override
        public void close() {
            try {
                in.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
