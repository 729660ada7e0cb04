package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ConnectedClient;
import io.sandgate.e2e.harness.ConnectionCalls;
import io.sandgate.e2e.harness.EventRequest;
import io.sandgate.e2e.harness.EventSubscriber;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.StreamFrame;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Rooms, and who is told of who comes and goes, over three replicas.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ConnectionRoomsIT {

    private static final Duration SOON = Duration.ofSeconds(20);

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
                awaitHall(Set.of("seen"));
                client.leave("hall");
                awaitHall(Set.of());
                client.join("hall");
                awaitHall(Set.of("seen"));
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
                await().atMost(SOON).until(() -> new ConnectionCalls(replica).client("seen").status() == 404);
                // the event is written down right after the table has changed
                await().atMost(SOON).untilAsserted(() -> assertThat(state(replica))
                        .noneMatch(frame -> frame.text().contains(connection)));
            }
            assertThat(other.drain()).noneMatch(StreamFrame::isEvent);
            other.close();
        } finally {
            subscribers.forEach(EventSubscriber::close);
        }
    }

    private static List<StreamFrame> state(ReplicaProcess replica) {
        try (EventSubscriber subscriber = EventRequest.open(replica, ClusterProcesses.KEY).with("kind", "client")
                .with("snapshot", "true").subscribe()) {
            return subscriber.until("state_end");
        }
    }

    /// A replica tells what it sees, and of two changes that come at once it sees the last.
    private void awaitHall(Set<String> clients) {
        all.forEach(replica -> await().atMost(SOON)
                .until(() -> new ConnectionCalls(replica).room("hall").equals(clients)));
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
}
