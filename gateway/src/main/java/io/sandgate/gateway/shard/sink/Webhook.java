package io.sandgate.gateway.shard.sink;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// An HTTP server that lines are posted to, one request after the other; each 2xx takes them. Redirects are not followed.
final class Webhook implements LineTarget {
    private static final Duration MAX_RETRY_AFTER = Duration.ofSeconds(60);

    private final WebhookSettings settings;
    private final HttpClient client;

    Webhook(WebhookSettings settings) {
        this.settings = settings;
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(settings.timeout())
                .build();
    }

    @Override
    public void take(ByteBuffer lines) throws NotTakenException, InterruptedException {
        // a copy, since a request that was given up can go on reading it for a while
        byte[] body = new byte[lines.remaining()];
        lines.get(body);
        HttpResponse<Void> answer = post(request(body));
        if (answer.statusCode() / 100 != 2) {
            throw notTaken("answered " + answer.statusCode(), retryAfter(answer.headers()));
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private HttpRequest request(byte[] body) {
        URI url = settings.url();
        HttpRequest.Builder request = HttpRequest.newBuilder(url).header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofByteArray(body));
        if (!settings.secret().isEmpty()) {
            request.header(Signature.HEADER, new Signature(settings.secret()).of(body));
        }
        if (url.getUserInfo() != null) {
            byte[] user = url.getUserInfo().getBytes(StandardCharsets.UTF_8);
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(user));
        }
        return request.build();
    }

    /// The client's own timeout is over with the head of the answer; this one is with its end.
    private HttpResponse<Void> post(HttpRequest request) throws NotTakenException, InterruptedException {
        CompletableFuture<HttpResponse<Void>> answer = client.sendAsync(request, BodyHandlers.discarding());
        try {
            return answer.get(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw notTaken("no answer within " + settings.timeout().toMillis() + "ms", Duration.ZERO);
        } catch (ExecutionException e) {
            throw notTaken(reason(e.getCause()), Duration.ZERO);
        } finally {
            answer.cancel(true);
        }
    }

    private NotTakenException notTaken(String reason, Duration notBefore) {
        return new NotTakenException(settings.place() + ": " + reason, notBefore);
    }

    private static String reason(@Nullable Throwable failure) {
        return switch (failure) {
            case HttpConnectTimeoutException _ -> "no connection in time";
            case ConnectException _ -> "no connection";
            case SSLException e -> "no TLS: " + e.getMessage();
            case IOException _ -> "the connection ended without an answer";
            case null -> "no answer";
            default -> failure.getClass().getSimpleName();
        };
    }

    /// Of its two forms the one in seconds; a date would need a clock that agrees with the server's.
    private static Duration retryAfter(HttpHeaders headers) {
        return headers.firstValue("Retry-After").filter(value -> value.matches("\\d{1,9}"))
                .map(value -> Duration.ofSeconds(Long.parseLong(value)))
                .map(wait -> wait.compareTo(MAX_RETRY_AFTER) < 0 ? wait : MAX_RETRY_AFTER).orElse(Duration.ZERO);
    }
}
