package io.sandgate.gateway.shard.sink;

import io.sandgate.gateway.shard.protocol.ShardId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

class WebhookSinkTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final ShardId OTHER = new ShardId(4, 16);

    private final Offered offered = new Offered();
    private final List<EventSink> sinks = new ArrayList<>();
    private Receiver receiver;

    @BeforeEach
    void start() throws IOException {
        receiver = new Receiver();
    }

    @AfterEach
    void stop() {
        receiver.mayAnswer.countDown();
        sinks.forEach(EventSink::close);
        receiver.close();
        assertThat(sinks).allSatisfy(sink -> assertThat(sink.status().waiting()).isZero());
    }

    @Test
    void event_taken_isPostedAsALineOfJson() {
        EventSink sink = open(settings("http://%s:%d/in/b?c=d", "", 100, LONG));
        offered.offer(sink, 1, 1);

        assertThat(offered.awaitDone(1)).isEqualTo(Offered.accepted(1, 1));
        assertThat(receiver.posts).singleElement().satisfies(post -> {
            assertThat(post.method()).isEqualTo("POST");
            assertThat(post.path()).isEqualTo("/in/b?c=d");
            assertThat(post.body()).isEqualTo(Offered.lines(1, 1));
            assertThat(post.headers().get("Content-Type")).containsExactly("application/x-ndjson");
            assertThat(post.headers()).doesNotContainKeys("X-sandgate-signature", "Authorization");
        });
        assertThat(sink.status()).isEqualTo(new SinkStatus("webhook", 0, ""));
    }

    @Test
    void signature_secretAndBody_isTheirHmac() {
        // the example of RFC 4231, 4.3
        assertThat(new Signature("Jefe").of("what do ya want for nothing?".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo("sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    @Test
    void secrets_configured_areSentAndNotShown() {
        WebhookSettings settings = settings("http://us%%65r:pass@%s:%d/hooks/token?key=value", "signing", 100, LONG);
        receiver.answers.add(401);
        receiver.mayAnswer = new CountDownLatch(1);
        EventSink sink = open(settings);
        offered.offer(sink, 1, 1);
        receiver.mayAnswer.countDown();
        offered.awaitDone(1);

        assertThat(receiver.posts).hasSize(2).allSatisfy(post -> {
            assertThat(post.headers().getFirst("Authorization")).isEqualTo("Basic dXNlcjpwYXNz");
            assertThat(post.headers().getFirst(Signature.HEADER))
                    .isEqualTo(new Signature("signing").of(post.body().getBytes(StandardCharsets.UTF_8)));
        });
        assertThat(settings.toString()).startsWith("http://127.0.0.1:" + receiver.port() + " signed, 100 events")
                .doesNotContain("pass", "token", "value", "signing");
    }

    @Test
    void batches_manyEvents_areBoundedAndOneAtATime() {
        EventSink sink = open(settings("http://%s:%d/", "", 7, LONG));
        offered.offer(sink, 1, 200);

        assertThat(offered.awaitDone(200)).isEqualTo(Offered.accepted(1, 200));
        assertThat(String.join("", receiver.bodies())).isEqualTo(Offered.lines(1, 200));
        assertThat(receiver.bodies()).allSatisfy(body -> assertThat(body.lines().count()).isBetween(1L, 7L));
        assertThat(receiver.mostAtOnce).hasValue(1);
    }

    @Test
    void batches_largeEvents_areBoundedInBytes() {
        EventSink sink = open(new WebhookSettings(url("http://%s:%d/"), "", 100, 5000, LONG, Offered.QUICK));
        receiver.mayAnswer = new CountDownLatch(1);
        offered.offer(sink, 1, 1);
        await().until(() -> !receiver.posts.isEmpty());
        int[] sizes = {2000, 2000, 2000, 9000, 10, 10};
        for (int i = 0; i < sizes.length; i++) {
            sink.offer(Offered.event(Offered.SHARD, i + 2, "\"" + "x".repeat(sizes[i]) + "\""),
                    offered.delivery(Offered.SHARD, i + 2));
        }
        receiver.mayAnswer.countDown();

        assertThat(offered.awaitDone(7)).isEqualTo(Offered.accepted(1, 7));
        assertThat(receiver.bodies()).extracting(body -> body.lines().count()).containsExactly(1L, 2L, 1L, 1L, 2L);
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 307, 400, 401, 404, 413, 429, 500, 503})
    void answer_other_isTriedAgainUntilTaken(int status) {
        receiver.answers.addAll(List.of(status, status));
        EventSink sink = open(settings("http://user:pass@%s:%d/token?key=value", "", 100, LONG));
        offered.offer(sink, 1, 3);

        assertThat(offered.awaitDone(3)).isEqualTo(Offered.accepted(1, 3));
        assertThat(receiver.posts).allSatisfy(post -> assertThat(post.path()).isEqualTo("/token?key=value"));
        assertThat(String.join("", receiver.bodies())).endsWith(Offered.line(Offered.SHARD, 3, "{}"));
        assertThat(receiver.answers).isEmpty();
        assertThat(sink.status().failing()).isEmpty();
    }

    @Test
    void status_failing_saysWhyWithoutSecrets() {
        for (int i = 0; i < 1000; i++) {
            receiver.answers.add(503);
        }
        EventSink sink = open(
                new WebhookSettings(url("http://user:pass@%s:%d/token?key=value"), "s", 100, 100_000, LONG,
                        new Backoff(LONG, LONG)));
        offered.offer(sink, 1, 2);
        await().until(() -> !sink.status().failing().isEmpty());
        assertThat(sink.status())
                .isEqualTo(new SinkStatus("webhook", 2, "http://127.0.0.1:" + receiver.port() + ": answered 503"));
    }

    @Test
    void lease_lostBetweenAttempts_takesTheEventOut() {
        receiver.mayAnswer = new CountDownLatch(1);
        receiver.answers.add(500);
        EventSink sink = open(settings("http://%s:%d/", "", 100, LONG));
        offered.offer(sink, OTHER, 1);
        await().until(() -> receiver.posts.size() == 1);
        offered.offer(sink, 1, 2);
        offered.offer(sink, OTHER, 2);
        offered.lose(OTHER);
        receiver.mayAnswer.countDown();

        assertThat(offered.awaitDone(4)).containsExactlyInAnyOrder("4/16 1 false", "4/16 2 false", "3/16 1 true",
                "3/16 2 true");
        assertThat(receiver.bodies()).containsExactly(Offered.line(OTHER, 1, "{}"), Offered.lines(1, 2));
    }

    @Test
    void server_hangs_isGivenUpAndTriedAgain() {
        receiver.mayAnswer = new CountDownLatch(1);
        EventSink sink = open(settings("http://%s:%d/", "", 100, Duration.ofMillis(100)));
        offered.offer(sink, 1, 1);
        await().until(() -> sink.status().failing().endsWith(": no answer within 100ms"));
        await().until(() -> receiver.posts.size() > 1);
        receiver.mayAnswer.countDown();
        assertThat(offered.awaitDone(1)).isEqualTo(Offered.accepted(1, 1));
    }

    @Test
    void server_absent_isTriedAgainUntilItIsThere() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        EventSink sink = open(new WebhookSettings(URI.create("http://127.0.0.1:" + port + "/"), "", 100, 100_000, LONG,
                Offered.QUICK));
        offered.offer(sink, 1, 1);
        await().until(() -> sink.status().failing().equals("http://127.0.0.1:" + port + ": no connection"));
        assertThat(sink.status().waiting()).isEqualTo(1);
    }

    @Test
    void tls_notSpoken_isSaid() throws IOException {
        try (ServerSocket plain = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> answerWithoutTls(plain));
            EventSink sink = open(new WebhookSettings(URI.create("https://127.0.0.1:" + plain.getLocalPort() + "/"), "",
                    100, 100_000, LONG, Offered.QUICK));
            offered.offer(sink, 1, 1);
            await().until(() -> sink.status().failing().contains(": no TLS: "));
            assertThat(offered.done()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"7,7", "0,0", "60,60", "86400,60", "'Wed, 21 Oct 2015 07:28:00 GMT',0", "-5,0",
            "99999999999999999999,0"})
    void retryAfter_seconds_isHonouredUpToAMinute(String value, int seconds) {
        receiver.retryAfter = value;
        receiver.answers.add(429);
        Webhook webhook = new Webhook(settings("http://%s:%d/", "", 100, LONG));
        assertThatExceptionOfType(NotTakenException.class).isThrownBy(() -> webhook.take(ByteBuffer.wrap(new byte[3])))
                .satisfies(e -> assertThat(e.notBefore()).hasSeconds(seconds));
        webhook.close();
    }

    @Test
    void pause_thatATargetAsksFor_isKept() {
        AtomicInteger patient = new AtomicInteger();
        AtomicInteger quick = new AtomicInteger();
        offered.offer(openTarget(patient, Duration.ofHours(1)), 1, 1);
        await().until(() -> patient.get() == 1);
        offered.offer(openTarget(quick, Duration.ZERO), 2, 2);
        await().until(() -> quick.get() > 20);
        assertThat(patient).hasValue(1);
    }

    @Test
    void close_whileARequestIsInFlight_letsGo() {
        receiver.mayAnswer = new CountDownLatch(1);
        EventSink sink = open(settings("http://%s:%d/", "", 100, LONG));
        offered.offer(sink, 1, 1);
        await().until(() -> receiver.posts.size() == 1);
        offered.offer(sink, 2, 2);
        sink.close();
        assertThat(offered.done()).containsExactly("3/16 1 false", "3/16 2 false");
    }

    @Test
    void settings_badOnes_areRefusedWithoutSecrets() {
        for (String url : List.of("ftp://user:pass@host/", "//user:pass@host/", "http:pass", "http:///pass")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new WebhookSettings(URI.create(url), "", 1, 1, LONG, Offered.QUICK))
                    .withMessageStartingWith("webhook URL: ").withMessageNotContaining("pass");
        }
        URI url = URI.create("https://host/");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WebhookSettings(url, "", 0, 1, LONG, Offered.QUICK));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WebhookSettings(url, "", 1, 0, LONG, Offered.QUICK));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WebhookSettings(url, "", 1, 1, Duration.ZERO, Offered.QUICK));
    }

    private static void answerWithoutTls(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            } catch (IOException e) {
                // the client went, or the test is over
            }
        }
    }

    private EventSink openTarget(AtomicInteger attempts, Duration notBefore) {
        EventSink sink = BatchingSink.start(new BatchingSink.Settings("test", 10, 1000, Offered.QUICK),
                new LineTarget() {
                    @Override
                    public void take(ByteBuffer lines) throws NotTakenException {
                        attempts.incrementAndGet();
                        throw new NotTakenException("not now", notBefore);
                    }

                    @Override
                    public void close() {
                        // it holds nothing
                    }
                }, Offered.THREADS, new Random(2));
        sinks.add(sink);
        return sink;
    }

    private EventSink open(WebhookSettings settings) {
        EventSink sink = WebhookSink.open(settings, Offered.THREADS, new Random(3));
        sinks.add(sink);
        return sink;
    }

    private WebhookSettings settings(String url, String secret, int maxEvents, Duration timeout) {
        return new WebhookSettings(url(url), secret, maxEvents, 100_000, timeout, Offered.QUICK);
    }

    private URI url(String url) {
        return URI.create(String.format(url, "127.0.0.1", receiver.port()));
    }
}
