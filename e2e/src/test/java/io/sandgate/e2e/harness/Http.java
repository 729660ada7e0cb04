package io.sandgate.e2e.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/// Calls over HTTP/1.1 with connections that are kept; safe for any thread.
///
/// A Host of one's own needs `-Djdk.httpclient.allowRestrictedHeaders=host`, which the build sets.
public final class Http implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT).followRedirects(HttpClient.Redirect.NEVER).build();

    /// Calls GET.
    public Answer get(String url, Map<String, String> headers) {
        return send("GET", url, headers, BodyPublishers.noBody());
    }

    /// Calls GET, with less time for the answer.
    public Answer get(String url, Map<String, String> headers, Duration within) {
        return Answer.of(exchange(request(url, headers).timeout(within).GET().build(), BodyHandlers.ofString()));
    }

    /// Calls with a body of text.
    public Answer send(String method, String url, Map<String, String> headers, String body) {
        return send(method, url, headers, BodyPublishers.ofString(body));
    }

    /// Calls, and reads the whole answer.
    ///
    /// @throws UncheckedIOException when no whole answer comes
    public Answer send(String method, String url, Map<String, String> headers, BodyPublisher body) {
        return Answer.of(exchange(request(url, headers).method(method, body).build(), BodyHandlers.ofString()));
    }

    /// Calls GET, and gives the body as it comes.
    ///
    /// @throws UncheckedIOException when not even a head comes
    public HttpResponse<InputStream> open(String url, Map<String, String> headers) {
        return exchange(request(url, headers).GET().build(), BodyHandlers.ofInputStream());
    }

    /// The client underneath.
    public HttpClient client() {
        return client;
    }

    private static HttpRequest.Builder request(String url, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(ANSWER_TIMEOUT);
        headers.forEach(request::header);
        return request;
    }

    private <T> HttpResponse<T> exchange(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return client.send(request, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(request.method() + " " + request.uri() + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in " + request.method() + " " + request.uri(), e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
