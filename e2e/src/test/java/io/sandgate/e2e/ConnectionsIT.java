package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ConnectedClient;
import io.sandgate.e2e.harness.ConnectionCalls;
import io.sandgate.e2e.harness.EventRequest;
import io.sandgate.e2e.harness.EventSubscriber;
import io.sandgate.e2e.harness.Refusal;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.StreamFrame;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Clients that hold a connection to one replica and are reached through every one.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ConnectionsIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final long SEED = 11;

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(3);

    private final List<ReplicaProcess> all = cluster.replicas();
    private final ReplicaProcess first = cluster.replica(1);
    private final ReplicaProcess second = cluster.replica(2);
    private final ReplicaProcess third = cluster.replica(3);

    private static ConnectedClient open(ReplicaProcess replica, String client) {
        return ConnectedClient.open(replica, ClusterProcesses.KEY, client);
    }

    @Test
    void message_fromEveryReplica_isDeliveredByClientAndByConnection() {
        try (ConnectedClient client = open(second, "u1")) {
            for (ReplicaProcess replica : all) {
                ConnectionCalls calls = new ConnectionCalls(replica);
                Answer byClient = calls.toClient("u1", "{\"from\":\"" + replica.id() + "\"}");
                assertThat(byClient.status()).as(byClient.body()).isEqualTo(200);
                assertThat(byClient.json().getString("result")).isEqualTo("delivered");
                assertThat(byClient.json().getString("connection")).isEqualTo(client.connection());
                assertThat(byClient.json().getString("replica")).isEqualTo("replica-2");
                JsonObject message = client.next("message");
                assertThat(message.getString("id")).isEqualTo(byClient.json().getString("id"));
                assertThat(message.getJsonObject("data").getString("from")).isEqualTo(replica.id());

                Answer byConnection = calls.toConnection(client.connection(), "[1,\"ü\",null]");
                assertThat(byConnection.status()).as(byConnection.body()).isEqualTo(200);
                assertThat(client.nextMessage()).isEqualTo(new JsonArray("[1,\"ü\",null]"));
                assertThat(calls.toClient("u1", "17").status()).isEqualTo(200);
                assertThat(client.nextMessage()).isEqualTo(17);
            }
            client.send(new JsonObject().put("type", "ping"));
            client.next("pong");
        }
        for (ReplicaProcess replica : all) {
            ConnectionCalls calls = new ConnectionCalls(replica);
            await().atMost(SOON).until(() -> calls.client("u1").status() == 404);
            Answer offline = calls.toClient("u1", "{}");
            assertThat(offline.status()).as(offline.body()).isEqualTo(404);
            assertThat(offline.json().getString("result")).isEqualTo("offline");
        }
    }

    @Test
    void messages_toOneClient_comeOnceEachAndInOrderOfOneSender() {
        try (ConnectedClient client = open(third, "busy")) {
            for (int i = 0; i < 300; i++) {
                Answer answer = new ConnectionCalls(first).toClient("busy", Integer.toString(i));
                assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            }
            for (int i = 0; i < 300; i++) {
                assertThat(client.nextMessage()).isEqualTo(i);
            }
            assertThat(client.waiting()).isZero();
        }
    }

    @Test
    void newerConnection_onAnotherReplica_supersedesTheOlder() {
        try (ConnectedClient older = open(first, "twice"); ConnectedClient newer = open(second, "twice")) {
            assertThat(older.awaitEnd()).isEqualTo(4010);
            for (ReplicaProcess replica : all) {
                ConnectionCalls calls = new ConnectionCalls(replica);
                await().atMost(SOON).until(() -> calls.connectionOf("twice").equals(newer.connection()));
                assertThat(calls.toClient("twice", "1").status()).isEqualTo(200);
                assertThat(newer.nextMessage()).isEqualTo(1);
                Answer old = calls.toConnection(older.connection(), "1");
                assertThat(old.status()).as(old.body()).isEqualTo(404);
                assertThat(old.json().getString("result")).isEqualTo("offline");
            }
            try (ConnectedClient again = open(second, "twice")) {
                assertThat(newer.awaitEnd()).isEqualTo(4010);
                assertThat(new ConnectionCalls(third).toClient("twice", "2").status()).isEqualTo(200);
                assertThat(again.nextMessage()).isEqualTo(2);
            }
        }
    }

    /// The older connection of each is closed before, after or while the newer one is opened.
    @Test
    void clients_thatReconnectElsewhereAllTheTime_areReachedAtTheirNewestConnection() {
        Random random = new Random(SEED);
        Map<String, ConnectedClient> newest = new HashMap<>();
        List<ConnectedClient> opened = new ArrayList<>();
        List<ConnectedClient> late = new ArrayList<>();
        try {
            for (int round = 0; round < 12; round++) {
                for (int i = 0; i < 20; i++) {
                    String name = "racer-" + i;
                    ConnectedClient before = newest.get(name);
                    boolean closedFirst = random.nextInt(3) == 0;
                    if (before != null && closedFirst) {
                        before.goodbye();
                    }
                    ConnectedClient after = open(all.get(random.nextInt(3)), name);
                    opened.add(after);
                    newest.put(name, after);
                    if (before != null && !closedFirst) {
                        late.add(before);
                    }
                }
                Collections.shuffle(late, random);
                late.forEach(ConnectedClient::close);
                late.clear();
            }
            for (int i = 0; i < 20; i++) {
                String name = "racer-" + i;
                String connection = Objects.requireNonNull(newest.get(name)).connection();
                await().atMost(SOON).untilAsserted(() -> {
                    for (ReplicaProcess replica : all) {
                        assertThat(new ConnectionCalls(replica).connectionOf(name)).as("%s at %s", name, replica.id())
                                .isEqualTo(connection);
                    }
                });
            }
            assertReachedExactly(newest);
        } finally {
            opened.forEach(ConnectedClient::close);
        }
    }

    private void assertReachedExactly(Map<String, ConnectedClient> newest) {
        newest.forEach((name, client) -> {
            JsonObject view = new ConnectionCalls(first).client(name).json();
            for (ReplicaProcess replica : all) {
                ConnectionCalls calls = new ConnectionCalls(replica);
                assertThat(calls.client(name).json()).isEqualTo(view);
                Answer answer = calls.toClient(name, "\"" + replica.id() + "\"");
                assertThat(answer.status()).as("%s from %s: %s", name, replica.id(), answer.body()).isEqualTo(200);
                assertThat(client.nextMessage()).isEqualTo(replica.id());
            }
            assertThat(client.isOver()).isFalse();
        });
    }

    @Test
    void rooms_areJoinedLeftAndToldFromAnyReplica() {
        try (ConnectedClient one = open(first, "r1");
                ConnectedClient two = open(second, "r2");
                ConnectedClient three = open(third, "r3");
                ConnectedClient stranger = ConnectedClient.open(first, ClusterProcesses.OTHER_KEY, "r1")) {
            assertThat(new ConnectionCalls(second).join("lobby", "r1").status()).isEqualTo(204);
            one.next("joined");
            two.join("lobby");
            assertThat(new ConnectionCalls(first).join("lobby", "r3").status()).isEqualTo(204);
            assertThat(new ConnectionCalls(first).join("lobby", "nobody").status()).isEqualTo(404);
            for (ReplicaProcess replica : all) {
                ConnectionCalls calls = new ConnectionCalls(replica);
                await().atMost(SOON).until(() -> calls.room("lobby").equals(Set.of("r1", "r2", "r3")));
                assertThat(new ConnectionCalls(replica, ClusterProcesses.OTHER_KEY).room("lobby")).isEmpty();
                Answer told = calls.broadcast("lobby", "\"" + replica.id() + "\"");
                assertThat(told.status()).as(told.body()).isEqualTo(200);
                assertThat(told.json().getInteger("delivered")).isEqualTo(3);
                for (ConnectedClient client : List.of(one, two, three)) {
                    JsonObject message = client.next("message");
                    assertThat(message.getString("room")).isEqualTo("lobby");
                    assertThat(message.getString("data")).isEqualTo(replica.id());
                }
            }
            assertThat(new ConnectionCalls(third).leave("lobby", "r1").status()).isEqualTo(204);
            one.next("left");
            two.leave("lobby");
            all.forEach(replica -> await().atMost(SOON)
                    .until(() -> new ConnectionCalls(replica).room("lobby").equals(Set.of("r3"))));
            assertThat(new ConnectionCalls(second).broadcast("lobby", "1").json().getInteger("delivered")).isOne();
            assertThat(three.nextMessage()).isEqualTo(1);
            assertThat(List.of(one.waiting(), two.waiting(), stranger.waiting())).containsOnly(0);
        }
    }

    @Test
    void presence_isToldByAllReplicas_andToTheTeamOnly() {
        List<EventSubscriber> subscribers = new ArrayList<>();
        try {
            all.forEach(replica -> subscribers.add(EventRequest.open(replica, ClusterProcesses.KEY)
                    .with("kind", "client,room").subscribe()));
            EventSubscriber other = EventRequest.open(first, ClusterProcesses.OTHER_KEY).with("kind", "client,room")
                    .subscribe();
            subscribers.forEach(subscriber -> subscriber.next("live"));
            other.next("live");
            String connection;
            try (ConnectedClient client = open(second, "seen")) {
                connection = client.connection();
                client.join("hall");
                client.leave("hall");
                client.join("hall");
            }
            for (EventSubscriber subscriber : subscribers) {
                assertThat(presence(subscriber, "client.connected", "seen").getString("connection"))
                        .isEqualTo(connection);
                assertThat(presence(subscriber, "room.joined", "seen").getString("room")).isEqualTo("hall");
                presence(subscriber, "room.left", "seen");
                presence(subscriber, "room.joined", "seen");
                presence(subscriber, "room.left", "seen");
            }
            for (ReplicaProcess replica : all) {
                try (EventSubscriber state = EventRequest.open(replica, ClusterProcesses.KEY).with("kind", "client")
                        .with("snapshot", "true").subscribe()) {
                    await().atMost(SOON).until(() -> new ConnectionCalls(replica).client("seen").status() == 404);
                    assertThat(state.until("state_end")).noneMatch(frame -> frame.text().contains(connection));
                }
            }
            assertThat(other.drain()).noneMatch(StreamFrame::isEvent);
            other.close();
        } finally {
            subscribers.forEach(EventSubscriber::close);
        }
    }

    private static JsonObject presence(EventSubscriber subscriber, String kind, String client) {
        return subscriber.next(frame -> {
            if (!frame.isEvent()) {
                return false;
            }
            JsonObject event = frame.json();
            return event.getString("kind").equals(kind)
                    && event.getJsonObject("data").getString("client").equals(client);
        }).json().getJsonObject("data");
    }

    @Test
    void ticket_letsItsClientIn_andNobodyElse() {
        ConnectionCalls calls = new ConnectionCalls(first);
        String ticket = calls.ticketOf("guest", 60, List.of("a"));
        try (ConnectedClient guest = ConnectedClient.withTicket(second, ticket, "guest")) {
            guest.join("a");
            guest.send(new JsonObject().put("type", "join").put("room", "b"));
            guest.next("error");
            assertThat(calls.toClient("guest", "1").status()).isEqualTo(200);
            assertThat(guest.nextMessage()).isEqualTo(1);
        }
        assertThat(ConnectedClient.refused(third, Map.of(), "client=another&ticket=" + ticket).status())
                .isEqualTo(403);
        for (String forged : List.of("x", ticket.substring(0, ticket.length() - 2),
                (ticket.charAt(0) == 'A' ? 'B' : 'A') + ticket.substring(1))) {
            assertThat(ConnectedClient.refused(third, Map.of(), "client=guest&ticket=" + forged).status())
                    .as(forged).isIn(401, 403);
        }
        String brief = calls.ticketOf("guest", 1, List.of());
        await().atMost(SOON).pollInterval(Duration.ofMillis(300)).untilAsserted(() -> {
            Refusal expired = ConnectedClient.refused(third, Map.of(), "client=guest&ticket=" + brief);
            assertThat(expired.status()).isIn(401, 403);
            assertThat(expired.message()).contains("expired");
        });
        all.forEach(replica -> assertThat(replica.log()).doesNotContain(ticket));
    }

    @Test
    void teams_doNotSeeOrReachEachOthersClients() {
        ConnectionCalls other = new ConnectionCalls(second, ClusterProcesses.OTHER_KEY);
        try (ConnectedClient mine = open(first, "private");
                ConnectedClient theirs = ConnectedClient.open(first, ClusterProcesses.OTHER_KEY, "theirs")) {
            assertThat(other.toClient("private", "1").status()).isEqualTo(404);
            assertThat(other.toConnection(mine.connection(), "1").status()).isEqualTo(404);
            assertThat(other.client("private").status()).isEqualTo(404);
            assertThat(other.join("hall", "private").status()).isEqualTo(404);
            assertThat(other.clients("").body()).contains("theirs").doesNotContain("private");
            assertThat(other.toClient("theirs", "2").status()).isEqualTo(200);
            assertThat(theirs.nextMessage()).isEqualTo(2);
            assertThat(mine.waiting()).isZero();
        }
    }

    @Test
    void badInput_isRefusedAndSaidWhatIsAllowed() {
        ConnectionCalls calls = new ConnectionCalls(first);
        for (String client : List.of("a/b", "a b", "ü", "a,b", "c".repeat(129), "%00")) {
            Answer answer = calls.toClient(client, "1");
            assertThat(answer.status()).as("%s: %s", client, answer.body()).isEqualTo(400);
            assertThat(answer.json().getString("message")).contains("A-Z");
        }
        for (String query : List.of("", "client=", "client=a%2Fb", "client=" + "c".repeat(129))) {
            Refusal refusal = ConnectedClient.refused(first, Map.of("X-API-KEY", ClusterProcesses.KEY), query);
            assertThat(refusal.status()).as(query).isEqualTo(400);
            assertThat(refusal.message()).contains("client");
        }
        for (String room : List.of("a:b", "a b", "r".repeat(65), "ä")) {
            assertThat(calls.broadcast(room, "1").status()).as(room).isEqualTo(400);
            assertThat(calls.join(room, "u1").status()).as(room).isEqualTo(400);
        }
        try (ConnectedClient client = open(second, "limits")) {
            assertThat(calls.toClient("limits", "\"" + "x".repeat(64 * 1024) + "\"").status()).isEqualTo(413);
            assertThat(calls.toClient("limits", "{\"open\":").status()).isEqualTo(400);
            assertThat(calls.toClient("limits", "1 2").status()).isEqualTo(400);
            assertThat(calls.toClient("limits", "").status()).isEqualTo(400);
            assertThat(calls.toClient("limits", "\"" + "x".repeat(60 * 1024) + "\"").status()).isEqualTo(200);
            assertThat((String) client.nextMessage()).hasSize(60 * 1024);
            client.send("not json");
            assertThat(client.awaitEnd()).isIn(1003, 1007, 1008);
        }
        for (JsonObject body : List.of(new JsonObject(), new JsonObject().put("client", "a/b"),
                new JsonObject().put("client", "u").put("ttl", 0), new JsonObject().put("client", "u").put("ttl", 601),
                new JsonObject().put("client", "u").put("rooms", new JsonArray().add("a:b")))) {
            Answer answer = calls.ticket(body);
            assertThat(answer.status()).as("%s: %s", body, answer.body()).isEqualTo(400);
        }
        assertThat(ConnectedClient.refused(first, Map.of(), "client=u").status()).isEqualTo(401);
        assertThat(calls.call("GET", "/connections/ws?client=u", "").status()).isEqualTo(426);
    }
}
