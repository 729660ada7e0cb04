package io.sandgate.api.stream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.api.http.Answers;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.sandgate.gateway.stream.event.Origin;
import io.sandgate.gateway.stream.log.EventLog;
import io.sandgate.gateway.stream.log.EventLogSettings;
import io.sandgate.gateway.stream.replicate.HttpParcels;
import io.sandgate.gateway.stream.replicate.Intake;
import io.sandgate.gateway.stream.replicate.Parcel;
import io.sandgate.gateway.stream.replicate.ParcelJson;
import io.sandgate.gateway.stream.replicate.Relayed;
import io.sandgate.gateway.stream.replicate.Replication;
import io.sandgate.gateway.stream.replicate.ReplicationSettings;
import io.sandgate.gateway.stream.replicate.Stamp;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.MembershipChange;
import io.sandgate.proxy.replicate.HttpPeers;
import io.sandgate.proxy.replicate.VertxLoop;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class EventsPeerApiTest {
    private static final Instant AT = Instant.parse("2026-05-01T12:00:00Z");

    private final Vertx vertx = Vertx.vertx();
    private final VertxLoop loop = new VertxLoop(vertx, vertx.getOrCreateContext());
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final EventLog sender = log("r1");
    private final EventLog receiver = log("r2");
    private int port;

    private static EventLog log(String replica) {
        return EventLog.inMemory(replica, EventLogSettings.DEFAULT, new Random(replica.hashCode()), System::nanoTime,
                new SimpleMeterRegistry());
    }

    @BeforeEach
    void listen() {
        Intake intake = new Intake(receiver, receiver, receiver, "r1"::equals, loop, workers, InstantSource.fixed(AT),
                new SimpleMeterRegistry());
        Router router = Router.router(vertx);
        Answers.forFailures(router);
        router.route().handler(context -> {
            context.response().putHeader(HttpPeers.SENDER, "r2");
            context.next();
        });
        new EventsPeerApi(intake).mount(router);
        HttpServer server = vertx.createHttpServer().requestHandler(router);
        port = server.listen(0, "127.0.0.1").await().actualPort();
    }

    @AfterEach
    void stop() {
        vertx.close().await();
        sender.close();
        receiver.close();
        workers.shutdownNow();
        client.shutdownNow();
    }

    private static Event event(String subject, String data) {
        return new Event("sandbox.updated", subject, false, AT, subject, "team", Map.of("ü", "\""), data,
                Reach.CLUSTER);
    }

    private HttpResponse<String> post(String from, String body) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + HttpParcels.PATH))
                .header(HttpPeers.SENDER, from).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    private static String range(String from, String after, long to, Relayed... entries) {
        return ParcelJson.write(new Parcel.Range(new Stamp(from, 1, to + 1), Cursor.parse(after).orElseThrow(), to,
                List.of(entries))).toString();
    }

    private List<Event> received() {
        return receiver.state().entries().stream().map(Entry::event).toList();
    }

    @Test
    void events_ofAReplica_comeIntoTheLogOfAnother() {
        Member peer = new Member("r2", 1, new Endpoint("127.0.0.1", port), new Endpoint("127.0.0.1", port),
                MemberState.READY);
        Event before = event("sandbox/a", "{\"n\" : 1.0}");
        sender.append(before).toCompletableFuture().join();
        try (HttpParcels parcels = new HttpParcels(vertx, new HttpClientOptions(), "r1", HttpPeers.SENDER,
                Duration.ofSeconds(1));
                Replication replication = new Replication("r1", 1, ReplicationSettings.DEFAULT, sender, parcels, loop,
                        workers, new Random(1), new SimpleMeterRegistry())) {
            replication.onChange(new MembershipChange.Joined(peer));
            Awaitility.await().until(() -> received().contains(before));
            for (int i = 0; i < 3_000; i++) {
                sender.append(
                        event("sandbox/" + i % 1_000, "{\"text\":\"" + "\\\"".repeat(100) + "\",\"i\":" + i + "}"));
            }
            Awaitility.await().until(() -> sender.extent().end().equals(receiver.heard().get("r1")));
            assertThat(received()).isEqualTo(sender.state().entries().stream().map(Entry::event).toList());
            assertThat(receiver.extent().tip()).isEqualTo(3_001);
        }
    }

    @Test
    void range_thatFits_isAnsweredWhenItIsStored() throws Exception {
        assertThat(post("r1", range("r1", "e1:0", 0)).body()).isEqualTo("{\"heard\":null}");
        receiver.noteHeard(new Origin("r1", new Cursor("e1", 4)));
        HttpResponse<String> hole = post("r1", range("r1", "e1:5", 5));
        assertThat(hole.statusCode()).isEqualTo(409);
        assertThat(hole.body()).isEqualTo("{\"heard\":\"e1:4\"}");
        HttpResponse<String> taken = post("r1",
                range("r1", "e1:4", 9, new Relayed(new Cursor("e1", 7), event("sandbox/a", "{}"))));
        assertThat(taken.statusCode()).isEqualTo(200);
        assertThat(taken.body()).isEqualTo("{\"heard\":\"e1:9\"}");
        assertThat(received()).containsExactly(event("sandbox/a", "{}"));
    }

    @ParameterizedTest
    @CsvSource({"'', 400", "'{}', 400", "'[1]', 400", "'{\"from\":\"r1\"}', 400"})
    void body_thatIsNoParcel_isRefused(String body, int status) throws Exception {
        assertThat(post("r1", body).statusCode()).isEqualTo(status);
    }

    @Test
    void body_thatIsTooLarge_isRefused() throws Exception {
        assertThat(post("r1", " ".repeat(HttpParcels.MAX_BODY + 1)).statusCode()).isEqualTo(413);
    }

    @Test
    void sender_thatIsNotWhoItSays_isRefused() throws Exception {
        assertThat(post("r3", range("r1", "e1:0", 0)).statusCode()).isEqualTo(403);
        assertThat(client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + HttpParcels.PATH))
                .POST(BodyPublishers.ofString("{}")).build(), BodyHandlers.ofString()).statusCode()).isEqualTo(403);
    }

    @Test
    void sender_thatIsNoMember_isToldToComeAgain() throws Exception {
        HttpResponse<String> answer = post("r3", range("r3", "e1:0", 0));
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("retry-after")).hasValue("1");
    }

    @Test
    void method_otherThanPost_isRefused() throws Exception {
        assertThat(client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + HttpParcels.PATH))
                .GET().build(), BodyHandlers.ofString()).statusCode()).isEqualTo(405);
    }
}
