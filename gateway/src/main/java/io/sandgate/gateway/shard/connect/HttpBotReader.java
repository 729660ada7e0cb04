package io.sandgate.gateway.shard.connect;

import io.sandgate.gateway.shard.BotReader;
import io.sandgate.gateway.shard.protocol.BadFrameException;
import io.sandgate.gateway.shard.protocol.GatewayBot;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/// Asks the upstream's API over HTTP.
public final class HttpBotReader implements BotReader, AutoCloseable {
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int TOO_MANY = 429;
    /// The upstream asks that programs name themselves so.
    private static final String AGENT = "DiscordBot (https://github.com/sandgate/sandgate, 1)";

    private final HttpClient client;
    private final URI url;
    private final String token;
    private final Duration timeout;

    /// @param api the API's address, to which `/gateway/bot` is added
    /// @param token the bot's, a secret
    public HttpBotReader(Vertx vertx, URI api, String token, Duration timeout) {
        String path = api.getRawPath().endsWith("/") ? "gateway/bot" : "/gateway/bot";
        this.url = URI.create(api + path);
        this.token = token;
        this.timeout = timeout;
        this.client = vertx.createHttpClient(new HttpClientOptions().setSsl(api.getScheme().equals("https"))
                .setConnectTimeout((int) timeout.toMillis()));
    }

    @Override
    public CompletionStage<GatewayBot> read() {
        RequestOptions request = new RequestOptions().setMethod(HttpMethod.GET).setAbsoluteURI(url.toString())
                .setIdleTimeout(timeout.toMillis()).addHeader("Authorization", "Bot " + token)
                .addHeader("User-Agent", AGENT).addHeader("Accept", "application/json");
        return client.request(request).compose(sent -> sent.send()).compose(response -> response.body()
                .compose(body -> read(response.statusCode(), body)))
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS).toCompletionStage();
    }

    private Future<GatewayBot> read(int status, Buffer body) {
        if (status == UNAUTHORIZED) {
            return Future.failedFuture(failure(
                    "the upstream does not accept the token (" + url + " answers 401): set sandgate.shards.token"));
        }
        if (status != OK) {
            return Future.failedFuture(
                    failure(url + " answers " + status + (status == TOO_MANY ? ", too many requests" : "")));
        }
        try {
            return Future.succeededFuture(GatewayBot.parse(body.getBytes()));
        } catch (BadFrameException e) {
            return Future.failedFuture(failure(url + ": " + e.getMessage()));
        }
    }

    private static UncheckedIOException failure(String message) {
        return new UncheckedIOException(message, new IOException(message));
    }

    @Override
    public void close() {
        client.close();
    }
}
