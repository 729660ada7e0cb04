package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ConnectedClient;
import io.sandgate.e2e.harness.ConnectionCalls;
import io.sandgate.e2e.harness.EventRequest;
import io.sandgate.e2e.harness.EventSubscriber;
import io.sandgate.e2e.harness.FaultTimes;
import io.sandgate.e2e.harness.MembersSeen;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.StreamFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What senders are told, and what becomes of connections, when the replica that holds them dies, stands still, is given
/// up by mistake, or leaves.
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ConnectionFaultsIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int MANY = 1_000;

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(3)
            .set(Map.of("cluster.dead-timeout", "12s", "cluster.routable-timeout", "2500ms", "cluster.heartbeat",
                    "500ms", "cluster.failure-timeout", "4s", "cluster.failure-interval", "1s", "cluster.merge-min",
                    "500ms", "cluster.merge-max", "1s", "api.rate-limit", "0"))
            .expectInLogs("has been blocked for");

    private final List<ReplicaProcess> all = cluster.replicas();
    private final ReplicaProcess first = cluster.replica(1);
    private final ReplicaProcess second = cluster.replica(2);
    private final ReplicaProcess third = cluster.replica(3);

    private static ConnectedClient open(ReplicaProcess replica, String client) {
        return ConnectedClient.open(replica, ClusterProcesses.KEY, client);
    }

    @Test
    void killedOwner_makesItsClientsOfflineAtOnce_andItsPresenceEnds() {
        List<String> clients = IntStream.range(0, 10).mapToObj(i -> "k" + i).toList();
        List<ConnectedClient> opened = clients.stream().map(client -> open(third, client)).toList();
        List<EventSubscriber> subscribers = new ArrayList<>();
        try (FaultTimes times = new FaultTimes("connections-kill-9")) {
            opened.forEach(client -> client.join("doomed"));
            for (ReplicaProcess replica : List.of(first, second)) {
                await().atMost(SOON).until(() -> new ConnectionCalls(replica).room("doomed").size() == clients.size());
                subscribers.add(EventRequest.open(replica, ClusterProcesses.KEY).with("kind", "client,room")
                        .subscribe());
            }
            subscribers.forEach(subscriber -> subscriber.next("live"));
            third.kill9();
            times.from(() -> {});
            times.until("left", () -> MembersSeen.assertTogether(List.of(first, second)));
            Answer offline = new ConnectionCalls(first).toClient("k0", "1");
            assertThat(offline.status()).as(offline.body()).isEqualTo(404);
            assertThat(offline.json().getString("result")).isEqualTo("offline");
            assertThat(new ConnectionCalls(second).toConnection(opened.get(1).connection(), "1").status())
                    .isEqualTo(404);
            times.until("known_by_all", () -> assertThat(new ConnectionCalls(second).client("k0").status())
                    .isEqualTo(404));

            times.from(() -> third.start().awaitReady());
            for (ReplicaProcess replica : all) {
                times.until("offline_at_" + replica.id(), () -> clients.forEach(client -> {
                    Answer answer = new ConnectionCalls(replica).toClient(client, "1");
                    assertThat(answer.status()).as(answer.body()).isEqualTo(404);
                }));
                times.until("empty_at_" + replica.id(),
                        () -> assertThat(new ConnectionCalls(replica).room("doomed")).isEmpty());
            }
            subscribers.forEach(subscriber -> assertGone(subscriber, clients));
            cluster.awaitTogether();
        } finally {
            opened.forEach(ConnectedClient::close);
            subscribers.forEach(EventSubscriber::close);
        }
    }

    /// Waits until it was told that each of the clients is gone, from its connection and its room, and once.
    private static void assertGone(EventSubscriber subscriber, List<String> clients) {
        Set<String> disconnected = new HashSet<>();
        Set<String> left = new HashSet<>();
        await().atMost(SOON).untilAsserted(() -> {
            for (StreamFrame frame : subscriber.drain()) {
                if (frame.text().contains("\"client.disconnected\"")) {
                    assertThat(disconnected.add(frame.json().getJsonObject("data").getString("client")))
                            .as(frame.text()).isTrue();
                } else if (frame.text().contains("\"room.left\"")) {
                    assertThat(left.add(frame.json().getJsonObject("data").getString("client"))).as(frame.text())
                            .isTrue();
                }
            }
            assertThat(disconnected).containsAll(clients);
            assertThat(left).containsAll(clients);
        });
    }

    @Test
    void stoppedOwner_makesSendersTryLater_andGoesOnWithItsConnections() {
        try (ConnectedClient client = open(second, "paused"); FaultTimes times = new FaultTimes("connections-stop")) {
            await().atMost(SOON).until(() -> new ConnectionCalls(first).connectionOf("paused")
                    .equals(client.connection()));
            times.from(second::sigstop);
            try {
                Answer retry = new ConnectionCalls(first).toClient("paused", "1");
                assertThat(retry.status()).as(retry.body()).isEqualTo(503);
                assertThat(retry.json().getString("result")).isEqualTo("retry");
                assertThat(Integer.parseInt(retry.header("Retry-After"))).isPositive();
                assertThat(new ConnectionCalls(third).client("paused").status()).isEqualTo(200);
            } finally {
                times.from(second::sigcont);
            }
            times.until("reached", () -> assertThat(new ConnectionCalls(first).toClient("paused", "2").status())
                    .isEqualTo(200));
            List<Object> got = new ArrayList<>();
            do {
                got.add(client.nextMessage());
            } while (!got.contains(2));
            assertThat(got).as("what was told to try later may still have come, but once").doesNotHaveDuplicates();
        }
    }

    @Test
    void ownerSweptByMistake_isReachableAgainWithItsConnections() {
        List<ConnectedClient> clients = IntStream.range(0, 20).mapToObj(i -> open(third, "swept-" + i)).toList();
        try (FaultTimes times = new FaultTimes("connections-swept")) {
            await().atMost(SOON).until(() -> new ConnectionCalls(first).client("swept-19").status() == 200);
            clients.getFirst().join("back");
            times.from(third::sigstop);
            ConnectedClient moved;
            try {
                times.until("swept", () -> IntStream.range(0, 20).forEach(i -> assertThat(
                        new ConnectionCalls(first).client("swept-" + i).status()).isEqualTo(404)));
                moved = open(first, "swept-7");
            } finally {
                times.from(third::sigcont);
            }
            for (ReplicaProcess replica : all) {
                times.until("reached_from_" + replica.id(), () -> {
                    for (int i = 0; i < 20; i++) {
                        ConnectedClient expected = i == 7 ? moved : clients.get(i);
                        assertThat(new ConnectionCalls(replica).connectionOf("swept-" + i)).as("swept-%s", i)
                                .isEqualTo(expected.connection());
                    }
                });
                for (int i = 0; i < 20; i++) {
                    int number = i;
                    // its rows may be there before it is a member again: until then its clients are taken for offline
                    await().atMost(SOON).untilAsserted(() -> {
                        Answer answer = new ConnectionCalls(replica).toClient("swept-" + number,
                                Integer.toString(number));
                        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
                    });
                    assertThat((i == 7 ? moved : clients.get(i)).nextMessage()).isEqualTo(i);
                }
                times.until("room_at_" + replica.id(), () -> assertThat(new ConnectionCalls(replica).room("back"))
                        .containsExactly("swept-0"));
            }
            assertThat(clients.get(7).awaitEnd()).as("superseded while its replica stood still").isEqualTo(4010);
            moved.close();
        } finally {
            clients.forEach(ConnectedClient::close);
        }
    }

    @Test
    void drainingOwner_tellsEachSocketAndItsRowsAreGoneWithinASecond() {
        List<ConnectedClient> clients = IntStream.range(0, MANY).mapToObj(i -> open(second, "d" + i)).toList();
        try (FaultTimes times = new FaultTimes("connections-drain")) {
            await().atMost(SOON).until(() -> new ConnectionCalls(first).client("d" + (MANY - 1)).status() == 200);
            Thread end = Thread.ofVirtual().start(() -> assertThat(second.sigterm()).isZero());
            assertThat(clients.getFirst().awaitEnd()).isEqualTo(1001);
            times.from(() -> {});
            await().atMost(Duration.ofSeconds(5)).pollInterval(Duration.ofMillis(20))
                    .until(() -> new ConnectionCalls(first).clients("?limit=100").json().getJsonArray("clients")
                            .isEmpty());
            times.until("rows_gone", () -> assertThat(new ConnectionCalls(third).client("d7").status())
                    .isEqualTo(404));
            clients.forEach(client -> assertThat(client.awaitEnd()).isEqualTo(1001));
            end.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            clients.forEach(ConnectedClient::close);
            second.start().awaitReady();
            cluster.awaitTogether();
        }
    }

    @Test
    void client_thatReconnectsOverAndOver_supersedesItselfAndHindersNobody() {
        ReplicaProcess replica = first;
        try (ConnectedClient steady = open(replica, "steady")) {
            List<ConnectedClient> opened = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                opened.add(open(replica, "again"));
            }
            opened.subList(0, 299).forEach(client -> assertThat(client.awaitEnd()).isEqualTo(4010));
            assertThat(new ConnectionCalls(third).toClient("steady", "1").status()).isEqualTo(200);
            assertThat(steady.nextMessage()).isEqualTo(1);
            await().atMost(SOON).until(() -> new ConnectionCalls(third).connectionOf("again")
                    .equals(opened.getLast().connection()));
            opened.forEach(ConnectedClient::close);
        }
    }
}
