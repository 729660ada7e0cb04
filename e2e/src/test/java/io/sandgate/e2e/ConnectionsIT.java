package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ConnectedClient;
import io.sandgate.e2e.harness.ConnectionCalls;
import io.sandgate.e2e.harness.ReplicaProcess;
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
    static final ClusterProcesses cluster = ClusterProcesses.shared();

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

}
