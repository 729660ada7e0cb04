package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ConnectedClient;
import io.sandgate.e2e.harness.ConnectionCalls;
import io.sandgate.e2e.harness.Refusal;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Who may connect, and what is answered to what cannot be.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ConnectionBadInputIT {

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
    void badInput_isRefusedAndSaidWhatIsAllowed() {
        ConnectionCalls calls = new ConnectionCalls(first);
        for (String client : List.of("a/b", "a b", "ü", "a,b", "c".repeat(129), "%00")) {
            Answer answer = calls.toClient(client, "1");
            assertThat(answer.status()).as("%s: %s", client, answer.body()).isEqualTo(400);
            assertThat(answer.json().getString("message")).contains("letters");
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
