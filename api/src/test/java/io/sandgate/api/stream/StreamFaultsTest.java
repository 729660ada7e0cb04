package io.sandgate.api.stream;

import io.netty.channel.Channel;
import io.netty.channel.epoll.Epoll;
import io.sandgate.gateway.limit.LimitSettings;
import io.sandgate.gateway.stream.pump.Filter;
import io.sandgate.gateway.stream.pump.PumpSettings;
import io.sandgate.gateway.stream.pump.Start;
import io.sandgate.gateway.stream.pump.Subscription;
import io.sandgate.gateway.stream.serve.Identity;
import io.sandgate.gateway.stream.serve.StreamSettings;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.core.streams.WriteStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Subscribers for whom something goes wrong, or who are so slow that it looks so.
@Timeout(60)
class StreamFaultsTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Subscription ALL = new Subscription(Optional.empty(), Filter.ALL, new Start.Tip());

    private final AtomicInteger left = new AtomicInteger();
    private StreamServer server = serve(LONG, LONG, LONG);

    /// Who gets nothing else is told so every 300 ms.
    private static StreamServer serve(Duration stall, Duration ping, Duration pong) {
        return serve(stall, ping, pong, 64 << 10);
    }

    private static StreamServer serve(Duration stall, Duration ping, Duration pong, int batch) {
        PumpSettings pump = new PumpSettings(256, 256 << 10, batch, 512, 128 << 10, Duration.ofMillis(300));
        return new StreamServer(new StreamSettings(10, stall, ping, pong, Duration.ofSeconds(1), Duration.ofMillis(4),
                true, pump), LimitSettings.DEFAULT);
    }

    private void use(StreamServer other) {
        server.close();
        server = other;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static Channel channel(HttpServerRequest request) {
        return ((ConnectionBase) request.connection()).channel();
    }

    private void follow(HttpServerRequest request, WriteStream<Buffer> body) {
        server.subscribers.serve(body, channel(request), ALL, Identity.OPERATOR, left::incrementAndGet);
    }

    @Test
    void subscriber_whoCannotBeWrittenTo_isTold_andTheOthersOfItsLoopAreStillLookedAfter() throws IOException {
        AtomicBoolean broken = new AtomicBoolean();
        server.router.get("/broken").handler(context -> {
            server.subscribers.take();
            follow(context.request(), new BreakingBody(context.response().setChunked(true), broken));
        });
        try (RawClient first = RawClient.eventStream(server.port(), "/broken");
                RawClient other = RawClient.webSocket(server.port(), "/events")) {
            first.sent();
            first.sent();
            other.messages(2);
            broken.set(true);
            while (!first.sent().contains("event: end")) {
                // marks from before
            }
            assertThat(first.isEnded()).isTrue();
            assertThat(server.ended("failed")).isEqualTo(1);
            await().until(() -> left.get() == 1);
            assertThat(server.subscribers.count()).isEqualTo(1);
            for (int i = 0; i < 3; i++) {
                assertThat(other.message().json().getString("type")).isEqualTo("cursor");
            }
        }
    }

    /// A body of which one write fails.
    private record BreakingBody(WriteStream<Buffer> body, AtomicBoolean broken) implements WriteStream<Buffer> {
        @Override
        public WriteStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
            body.exceptionHandler(handler);
            return this;
        }

        @Override
        public Future<Void> write(Buffer data) {
            if (broken.compareAndSet(true, false)) {
                throw new LinkageError("of a test");
            }
            return body.write(data);
        }

        @Override
        public Future<Void> end() {
            return body.end();
        }

        @Override
        public WriteStream<Buffer> setWriteQueueMaxSize(int size) {
            body.setWriteQueueMaxSize(size);
            return this;
        }

        @Override
        public boolean writeQueueFull() {
            return body.writeQueueFull();
        }

        @Override
        public WriteStream<Buffer> drainHandler(Handler<Void> handler) {
            body.drainHandler(handler);
            return this;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void subscriber_whoIsGoneBeforeItIsServed_givesItsPlaceBackOnce_andHoldsUpNoDrain(boolean registered)
            throws IOException {
        server.router.get("/late").handler(context -> {
            server.subscribers.take();
            Channel channel = channel(context.request());
            HttpServerResponse response = context.response().setChunked(true);
            channel.closeFuture().addListener(closed -> {
                if (registered) {
                    follow(context.request(), response);
                } else {
                    whenForgotten(channel, () -> follow(context.request(), response));
                }
            });
            response.write("here");
        });
        try (RawClient client = RawClient.eventStream(server.port(), "/late")) {
            assertThat(server.subscribers.count()).isEqualTo(1);
            client.leave();
            await().until(() -> left.get() == 1);
        }
        server.subscribers.drain(LONG).toCompletableFuture().join();
        assertThat(left).hasValue(1);
        assertThat(server.subscribers.count()).isZero();
    }

    /// When nothing is left of a connection.
    private static void whenForgotten(Channel channel, Runnable action) {
        channel.eventLoop().execute(() -> {
            if (channel.isRegistered()) {
                whenForgotten(channel, action);
            } else {
                action.run();
            }
        });
    }

    @Test
    void subscriber_whoIsServedWhenAllOthersWereDrained_isEndedAsWell() throws Exception {
        CompletableFuture<Runnable> held = new CompletableFuture<>();
        server.router.get("/held").handler(context -> {
            server.subscribers.take();
            held.complete(() -> context.vertx().runOnContext(
                    now -> follow(context.request(), context.response().setChunked(true))));
        });
        CompletableFuture<RawClient> connecting = CompletableFuture.supplyAsync(() -> {
            try {
                return RawClient.eventStream(server.port(), "/held");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        Runnable release = held.get();
        server.subscribers.drain(LONG).toCompletableFuture().join();
        release.run();
        try (RawClient client = connecting.get()) {
            while (!client.sent().contains("event: end")) {
                // hello and so on
            }
            assertThat(client.isEnded()).isTrue();
            assertThat(server.ended("drain")).isEqualTo(1);
        }
    }

    @Test
    void eventStream_behindADeadLink_isClosed() throws Throwable {
        Epoll.ensureAvailability();
        use(serve(Duration.ofSeconds(1), LONG, Duration.ofMillis(1500)));
        try (DeadLink client = DeadLink.eventStream(server.vertx, server.port(), "/events", "event: live");
                RawClient other = RawClient.eventStream(server.port(), "/events")) {
            client.cut();
            await().atMost(Duration.ofSeconds(30)).until(() -> server.subscribers.count() == 1);
            other.sent();
            assertThat(other.sent()).contains("event: live");
        }
    }

    @Test
    void eventStream_whichIsNotRead_isWrittenLittleAhead() throws IOException {
        Epoll.ensureAvailability();
        use(serve(Duration.ofSeconds(1), LONG, LONG, 4 << 10));
        try (RawClient client = RawClient.narrowEventStream(server.port(), "/events")) {
            String data = "{\"text\":\"" + "x".repeat(1_000) + "\"}";
            for (int i = 0; i < 4_000; i++) {
                server.log.append("a.b", "team", data);
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> server.ended("slow") == 1);
            assertThat(server.meters.counter("sandgate.events.sent").count()).isLessThan(140);
            assertThat(client.isEnded()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Nothing: x", "Sec-WebSocket-Extensions: permessage-deflate"})
    void webSocket_isAskedHowFarItIs_behindEachFewKilobytes(String header) throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < 100; i++) {
            byte[] bytes = new byte[1_000];
            random.nextBytes(bytes);
            server.log.append("a.b", "team", "{\"text\":\"" + HexFormat.of().formatHex(bytes) + "\"}");
        }
        // what was stored comes in few writes
        try (RawClient client = RawClient.webSocket(server.port(), "/events?after=oldest", header)) {
            int pings = 0;
            for (int texts = 0; texts < 102;) {
                RawClient.Frame frame = client.frame();
                texts += frame.opcode() == RawClient.TEXT ? 1 : 0;
                pings += frame.opcode() == RawClient.PING ? 1 : 0;
            }
            assertThat(pings).isBetween(5, 13);
        }
        // and what happens now one by one
        try (RawClient client = RawClient.webSocket(server.port(), "/events", header)) {
            client.messages(2);
            int pings = 0;
            for (int i = 0; i < 100; i++) {
                server.log.append("a.b", "team", "{\"text\":\"" + "x".repeat(1_000) + "\"}");
                while (client.frame().opcode() == RawClient.PING) {
                    pings++;
                }
            }
            assertThat(pings).isBetween(header.startsWith("X") ? 5 : 0, 8);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {150, 6_000})
    void webSocket_thatReadsLittleByLittle_isKept(int events) throws IOException {
        use(serve(Duration.ofSeconds(4), Duration.ofSeconds(1), Duration.ofSeconds(4)));
        try (RawClient ticks = RawClient.webSocket(server.port(), "/events?kind=c.d");
                RawClient slow = RawClient.webSocket(server.port(), "/events?kind=a.b")) {
            ticks.messages(2);
            slow.messages(2);
            String data = "{\"text\":\"" + "x".repeat(1_000) + "\"}";
            for (int i = 0; i < events; i++) {
                server.log.append("a.b", "team", data);
            }
            // marks are a clock: ten seconds in all
            for (int i = 0; i < 20; i++) {
                assertThat(ticks.message().json().getString("type")).isEqualTo("cursor");
                assertThat(slow.messages(5)).allMatch(frame -> frame.text().contains("a.b"));
            }
            assertThat(server.subscribers.count()).isEqualTo(2);
        }
    }
}
