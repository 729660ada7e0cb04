package io.sandgate.gateway.stream.webhook.connect;

import io.sandgate.gateway.stream.webhook.Attempt;
import io.sandgate.gateway.stream.webhook.Outcome;
import io.sandgate.gateway.stream.webhook.WebhookSender;
import io.sandgate.gateway.stream.webhook.WebhookUrl;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Posts events with E2B's headers, each over a connection of its own to an address that was checked. Redirects are not
/// followed, and of the answer only the head is read. Thread-safe.
public final class HttpWebhookSender implements WebhookSender, AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration MOST_RETRY_AFTER = Duration.ofMinutes(5);
    /// How long the rest of an answer may take until its connection is cut.
    private static final Duration REST = Duration.ofSeconds(1);
    /// Receivers at one address that are asked at once; more are never in flight.
    private static final int CONNECTIONS = 64;

    private final WebhookAddresses addresses;
    private final HttpClient client;

    /// @param base TLS trust and the like; empty options for what the machine trusts
    public HttpWebhookSender(Vertx vertx, WebhookAddresses addresses, HttpClientOptions base) {
        this.addresses = addresses;
        this.client = vertx.httpClientBuilder()
                .with(new HttpClientOptions(base).setProtocolVersion(HttpVersion.HTTP_1_1).setKeepAlive(false)
                        .setVerifyHost(true).setConnectTimeout((int) CONNECT.toMillis()))
                .with(new PoolOptions().setHttp1MaxSize(CONNECTIONS).setMaxWaitQueueSize(CONNECTIONS))
                .withConnectHandler(connection -> connection.exceptionHandler(error -> {})).build();
    }

    @Override
    public CompletionStage<Outcome> send(Attempt attempt) {
        Exchange exchange = new Exchange();
        return Future.fromCompletionStage(addresses.of(attempt.webhook().url()))
                .compose(found -> client.request(options(attempt, found)))
                .compose(request -> exchange
                        .begin(request.authority(WebhookUrl.authority(attempt.webhook().url())), attempt.body()))
                .timeout(attempt.timeout().toMillis(), TimeUnit.MILLISECONDS).onFailure(late -> exchange.cut())
                .<Outcome>map(HttpWebhookSender::outcome)
                .otherwise(failure -> outcome(attempt, cause(failure))).toCompletionStage();
    }

    /// One request, whose connection is gone when it is over: a receiver could keep it with an answer that never ends.
    private static final class Exchange {
        private @Nullable HttpClientRequest request;
        private boolean isCut;

        Future<HttpClientResponse> begin(HttpClientRequest made, Buffer body) {
            if (!set(made)) {
                made.connection().close();
                return Future.failedFuture(new TimeoutException());
            }
            // that its rest is cut off is nothing to log
            return made.send(body).onSuccess(response -> response.exceptionHandler(gone -> {}).end()
                    .timeout(REST.toMillis(), TimeUnit.MILLISECONDS).onFailure(late -> cut()));
        }

        void cut() {
            HttpClientRequest made = end();
            if (made != null) {
                made.connection().close();
            }
        }

        private synchronized boolean set(HttpClientRequest made) {
            request = made;
            return !isCut;
        }

        private synchronized @Nullable HttpClientRequest end() {
            isCut = true;
            return request;
        }
    }

    private static RequestOptions options(Attempt attempt, List<InetSocketAddress> found) {
        URI url = attempt.webhook().url();
        InetSocketAddress address = found.get((attempt.number() - 1) % found.size());
        return new RequestOptions().setMethod(HttpMethod.POST).setSsl(WebhookUrl.isTls(url))
                .setServer(SocketAddress.inetSocketAddress(address)).setHost(WebhookUrl.host(url))
                .setPort(WebhookUrl.port(url)).setURI(path(url)).setFollowRedirects(false)
                .setTimeout(attempt.timeout().toMillis()).addHeader("Content-Type", "application/json")
                .addHeader("User-Agent", "Sandgate").addHeader("e2b-webhook-id", attempt.webhook().id())
                .addHeader("e2b-delivery-id", attempt.deliveryId()).addHeader("e2b-signature-version", "v1")
                .addHeader("e2b-signature", attempt.signature());
    }

    private static String path(URI url) {
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
    }

    private static Outcome outcome(HttpClientResponse response) {
        int status = response.statusCode();
        if (status / 100 == 2) {
            return new Outcome.Delivered();
        }
        String reason = "answered " + status;
        return status == 429 || status >= 500
                ? new Outcome.Failed(reason, retryAfter(response.getHeader("Retry-After")))
                : new Outcome.Refused(reason + (status / 100 == 3 ? ", and redirects are not followed" : ""));
    }

    private static Outcome outcome(Attempt attempt, Throwable failure) {
        return failure instanceof RefusedTargetException refused
                ? new Outcome.Refused(String.valueOf(refused.getMessage()))
                : new Outcome.Failed(reason(attempt, failure), Duration.ZERO);
    }

    /// In words of this class, since others' may show parts of the URL.
    private static String reason(Attempt attempt, Throwable failure) {
        return switch (failure) {
            case TimeoutException _ -> "no answer within " + attempt.timeout().toMillis() + "ms";
            case UnknownHostException _ -> "the name has no address";
            case ConnectException _ -> "no connection";
            case SSLException _ -> "no TLS connection: its certificate is not trusted or not for this name";
            default -> "the connection ended without an answer";
        };
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /// Of its two forms the one in seconds; a date would need a clock that agrees with the receiver's.
    private static Duration retryAfter(@Nullable String value) {
        if (value == null || !value.matches("\\d{1,9}")) {
            return Duration.ZERO;
        }
        Duration wait = Duration.ofSeconds(Long.parseLong(value));
        return wait.compareTo(MOST_RETRY_AFTER) < 0 ? wait : MOST_RETRY_AFTER;
    }

    @Override
    public void close() {
        client.close();
    }
}
