package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/// A client of the lifecycle API, as one of the SDKs calls it.
final class TestClient {
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final int port;

    TestClient(int port) {
        this.port = port;
    }

    /// What came back.
    record Answer(int status, HttpHeaders headers, JsonNode json) {

        /// Checks that this is an error in E2B's form.
        Answer isError(int code) {
            assertThat(status).as("%s", json).isEqualTo(code);
            assertThat(json.path("code").asInt()).isEqualTo(code);
            assertThat(json.path("message").asText()).isNotBlank();
            assertThat(header("content-type")).isEqualTo("application/json");
            return this;
        }

        /// Checks that the message has these words.
        Answer saying(String... words) {
            assertThat(message()).contains(words);
            return this;
        }

        String message() {
            return json.path("message").asText();
        }

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    Answer get(String path) {
        return call("GET", path, "");
    }

    Answer delete(String path) {
        return call("DELETE", path, "");
    }

    Answer post(String path, String body) {
        return call("POST", path, body);
    }

    Answer call(String method, String path, String body, String... headers) {
        return callAs(TestReplica.KEY_A, method, path, body, headers);
    }

    Answer callAs(String key, String method, String path, String body, String... headers) {
        return callLater(key, method, path, body, headers).orTimeout(30, TimeUnit.SECONDS).join();
    }

    CompletableFuture<Answer> callLater(String key, String method, String path, String body, String... headers) {
        // Of unknown length, and so sent in chunks: as the SDKs do.
        BodyPublisher publisher = body.isEmpty()
                ? BodyPublishers.noBody()
                : BodyPublishers.fromPublisher(BodyPublishers.ofString(body));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, publisher).timeout(Duration.ofSeconds(30));
        if (!key.isEmpty()) {
            request.header("X-API-KEY", key);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.sendAsync(request.build(), BodyHandlers.ofByteArray()).thenApply(TestClient::answer);
    }

    private static Answer answer(HttpResponse<byte[]> response) {
        try {
            JsonNode json = response.body().length == 0
                    ? MissingNode.getInstance()
                    : Json.read(Buffer.buffer(response.body()));
            return new Answer(response.statusCode(), response.headers(), json);
        } catch (IOException e) {
            throw new UncheckedIOException(new String(response.body(), StandardCharsets.UTF_8), e);
        }
    }

    static JsonNode json(String text) {
        try {
            return Json.read(Buffer.buffer(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
