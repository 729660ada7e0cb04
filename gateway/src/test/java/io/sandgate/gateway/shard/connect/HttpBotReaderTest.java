package io.sandgate.gateway.shard.connect;

import io.sandgate.gateway.shard.protocol.GatewayBot;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HttpBotReaderTest {
    private static final String ANSWER = """
            {"url":"wss://gateway.example","shards":3,
            "session_start_limit":{"total":1000,"remaining":998,"reset_after":5000,"max_concurrency":2}}""";

    private final Vertx vertx = Vertx.vertx();
    private Consumer<HttpServerRequest> server = request -> request.response().end(ANSWER);
    private HttpBotReader reader;

    @BeforeEach
    void open() {
        HttpServer listening = vertx.createHttpServer().requestHandler(request -> server.accept(request))
                .listen(0, "127.0.0.1").await();
        reader = new HttpBotReader(vertx, URI.create("http://127.0.0.1:" + listening.actualPort() + "/api/v10"),
                "secret-token", Duration.ofSeconds(20));
    }

    @AfterEach
    void close() {
        reader.close();
        vertx.close().await();
    }

    private GatewayBot read() {
        return reader.read().toCompletableFuture().join();
    }

    @Test
    void bot_isAskedForWithTheToken() {
        server = request -> {
            boolean right = request.path().equals("/api/v10/gateway/bot")
                    && "Bot secret-token".equals(request.getHeader("Authorization"))
                    && String.valueOf(request.getHeader("User-Agent")).startsWith("DiscordBot (");
            request.response().setStatusCode(right ? 200 : 404).end(ANSWER);
        };

        assertThat(read().shards()).isEqualTo(3);
        assertThat(read().limit().maxConcurrency()).isEqualTo(2);
    }

    @Test
    void refusals_sayWhatToDo_andNotTheToken() {
        server = request -> request.response().setStatusCode(401).end("{}");
        assertThatThrownBy(this::read).isInstanceOf(CompletionException.class).hasMessageContaining("401")
                .hasMessageContaining("sandgate.shards.token").hasMessageNotContaining("secret-token");

        server = request -> request.response().setStatusCode(429).end("{}");
        assertThatThrownBy(this::read).hasMessageContaining("429");
        server = request -> request.response().setStatusCode(500).end();
        assertThatThrownBy(this::read).hasMessageContaining("500");
    }

    @Test
    void answers_thatAreNone_fail() {
        server = request -> request.response().end("<html>");
        assertThatThrownBy(this::read).hasMessageContaining("not a JSON object");

        server = request -> request.response().end("{\"url\":\"http://x\"}");
        assertThatThrownBy(this::read).isInstanceOf(CompletionException.class);
        server = request -> request.connection().close();
        assertThatThrownBy(this::read).isInstanceOf(CompletionException.class);
    }
}
