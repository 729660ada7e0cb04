package io.sandgate.gateway.shard.connect;

import io.sandgate.gateway.shard.session.Upstream;
import io.sandgate.proxy.replicate.VertxLoop;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class WebSocketUpstreamTest {
    private static final int MAX = 64;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final WebSocketUpstream upstream = new WebSocketUpstream(vertx, new VertxLoop(vertx, context), MAX,
            Duration.ofSeconds(5));
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<String> received = new CopyOnWriteArrayList<>();
    private Consumer<ServerWebSocket> server = socket -> {};
    private URI url = URI.create("ws://127.0.0.1:1/?v=10");

    @BeforeEach
    void open() {
        HttpServer listening = vertx.createHttpServer().webSocketHandler(socket -> {
            socket.textMessageHandler(received::add);
            socket.closeHandler(closed -> received.add("closed " + socket.closeStatusCode()));
            server.accept(socket);
        }).listen(0, "127.0.0.1").await();
        url = URI.create("ws://127.0.0.1:" + listening.actualPort() + "/?v=10&encoding=json");
    }

    @AfterEach
    void close() {
        upstream.close();
        vertx.close().await();
    }

    private Upstream.Connection dial() {
        CompletableFuture<Upstream.Connection> dialled = new CompletableFuture<>();
        context.runOnContext(ignored -> dialled.complete(upstream.dial(url, new Upstream.Listener() {
            @Override
            public void opened() {
                heard.add("opened");
            }

            @Override
            public void frame(byte[] bytes) {
                heard.add(new String(bytes, StandardCharsets.UTF_8));
            }

            @Override
            public void closed(int code) {
                heard.add("closed " + code);
            }

            @Override
            public void failed(String why) {
                heard.add("failed");
            }
        })));
        return dialled.join();
    }

    private void awaitHeard(String... all) {
        await().untilAsserted(() -> assertThat(heard).containsExactly(all));
    }

    @Test
    void frame_thatComesWithTheUpgrade_isHeardAfterTheOpening() {
        server = socket -> socket.writeTextMessage("hello");
        dial();

        awaitHeard("opened", "hello");
    }

    @Test
    void message_inParts_isPutTogether() {
        server = socket -> {
            socket.writeFrame(WebSocketFrame.textFrame("he", false));
            socket.writeFrame(WebSocketFrame.continuationFrame(Buffer.buffer("ll"), false));
            socket.writeFrame(WebSocketFrame.continuationFrame(Buffer.buffer("o"), true));
            socket.writeBinaryMessage(Buffer.buffer("again"));
        };
        dial();

        awaitHeard("opened", "hello", "again");
    }

    @Test
    void close_ofTheUpstream_isHeardWithItsCode() {
        server = socket -> socket.close((short) 4009);
        dial();

        awaitHeard("opened", "closed 4009");
    }

    @Test
    void close_ofThisSide_isHeardThere_andNothingIsHeardHere() {
        Upstream.Connection connection = dial();
        awaitHeard("opened");
        context.runOnContext(ignored -> {
            connection.send(Buffer.buffer("last"));
            connection.close(4000);
        });

        await().untilAsserted(() -> assertThat(received).containsExactly("last", "closed 4000"));
        assertThat(heard).containsExactly("opened");
    }

    @Test
    void pausedConnection_isNotRead_untilItIsResumed() {
        CompletableFuture<ServerWebSocket> there = new CompletableFuture<>();
        server = there::complete;
        Upstream.Connection connection = dial();
        awaitHeard("opened");
        CompletableFuture<Void> paused = new CompletableFuture<>();
        context.runOnContext(ignored -> {
            connection.pause();
            paused.complete(null);
        });
        paused.join();
        there.join().writeTextMessage("one").await();
        CompletableFuture<Integer> seen = new CompletableFuture<>();
        context.runOnContext(ignored -> {
            seen.complete(heard.size());
            connection.resume();
        });

        assertThat(seen.join()).isEqualTo(1);
        awaitHeard("opened", "one");
    }

    @Test
    void nobody_answering_isAFailure() {
        url = URI.create("ws://127.0.0.1:1/?v=10");
        dial();

        awaitHeard("failed");
    }
}
