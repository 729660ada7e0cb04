package io.sandgate.e2e;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.EventFeed;
import io.sandgate.e2e.harness.EventOracle;
import io.sandgate.e2e.harness.EventRequest;
import io.sandgate.e2e.harness.EventRequest.Transport;
import io.sandgate.e2e.harness.EventSettings;
import io.sandgate.e2e.harness.EventSubscriber;
import io.sandgate.e2e.harness.EventSubscriber.End;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.StreamFrame;
import io.sandgate.e2e.harness.StreamTrace;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Readers of one replica's events that hang, go on where they were, may not see all, or talk.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class EventReadersIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int ROUTES = 1_000;

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(1).set(EventSettings.stall("3s"));

    private final ReplicaProcess replica = cluster.replica(1);

    @Test
    void subscriber_thatStopsReading_isReallyClosedWhileTheOthersGoOn() {
        EventOracle oracle = new EventOracle();
        EventFeed feed = new EventFeed(cluster.http(), replica, "wedge", ROUTES, route -> "team-wedge");
        for (Transport transport : List.of(Transport.WEB_SOCKET, Transport.SERVER_SENT)) {
            try (EventSubscriber reference = EventRequest.admin(replica).subscribe(oracle);
                    EventSubscriber stalled = EventRequest.admin(replica).narrow().over(transport).subscribe(
                            new StreamTrace())) {
                await().atMost(SOON).until(() -> !stalled.cursor().isEmpty() && !reference.cursor().isEmpty());
                stalled.pause();
                int before = oracle.count();
                feed.make(20_000);
                await().atMost(SOON).until(() -> oracle.count() >= before + 20_000);
                await().atMost(SOON).pollInterval(Duration.ofMillis(200)).until(() -> {
                    feed.make(50);
                    return !stalled.probe();
                });
                int then = oracle.count();
                feed.make(100);
                await().atMost(SOON).until(() -> oracle.count() >= then + 100);
                assertThat(reference.isOver()).isFalse();
            }
        }
        oracle.assertDense();
    }

    @Test
    void lastEventId_isWhereServerSentEventsGoOn() {
        EventFeed feed = new EventFeed(cluster.http(), replica, "again", 10, route -> "team-again");
        EventRequest request = EventRequest.admin(replica).with("owner", "team-again").over(Transport.SERVER_SENT);
        List<StreamFrame> first = new ArrayList<>();
        try (EventSubscriber subscriber = request.subscribe()) {
            subscriber.next("live");
            feed.make(20);
            for (int i = 0; i < 20; i++) {
                first.add(subscriber.nextEvent());
            }
        }
        StreamFrame seen = first.get(7);
        assertThat(seen.id()).isEqualTo(seen.cursor());
        try (EventSubscriber again = request.header("Last-Event-ID", seen.id()).subscribe();
                EventSubscriber named = request.header("Last-Event-ID", first.get(15).id()).after(seen.cursor())
                        .subscribe()) {
            for (int i = 8; i < 20; i++) {
                assertThat(again.nextEvent()).isEqualTo(first.get(i));
            }
            assertThat(again.next("live").name()).isEqualTo("live");
            assertThat(named.nextEvent()).as("how far it came is newer than the query").isEqualTo(first.get(16));
        }
    }

    @Test
    void team_getsItsOwnEventsOnly_andTheAdminListenerAll() {
        EventFeed feed = new EventFeed(cluster.http(), replica, "teams", 4,
                route -> List.of("team-a", "team-b", "team-c", "").get(route));
        try (EventSubscriber all = EventRequest.admin(replica).subscribe();
                EventSubscriber a = EventRequest.open(replica, ClusterProcesses.KEY).subscribe();
                EventSubscriber b = EventRequest.open(replica, ClusterProcesses.OTHER_KEY)
                        .over(Transport.SERVER_SENT).subscribe()) {
            a.next("live");
            b.next("live");
            all.next("live");
            feed.make(400);

            assertThat(owners(all, 400)).isEqualTo(Map.of("team-a", 100, "team-b", 100, "team-c", 100, "", 100));
            assertThat(owners(a, 100)).isEqualTo(Map.of("team-a", 100));
            assertThat(owners(b, 100)).isEqualTo(Map.of("team-b", 100));
            assertThat(a.drain()).filteredOn(StreamFrame::isEvent).isEmpty();
            assertThat(b.drain()).filteredOn(StreamFrame::isEvent).isEmpty();
        }
    }

    /// How many of the next events of this test each owner has.
    private static Map<String, Integer> owners(EventSubscriber subscriber, int events) {
        Map<String, Integer> owners = new HashMap<>();
        for (int i = 0; i < events; i++) {
            JsonObject event = subscriber.next(frame -> frame.isEvent() && frame.text().contains("\"teams"))
                    .json();
            owners.merge(event.getString("owner", ""), 1, Integer::sum);
        }
        return owners;
    }

    @Test
    void subscriber_thatSendsData_isClosed() {
        try (EventSubscriber talker = EventRequest.open(replica, ClusterProcesses.KEY).subscribe()) {
            talker.next("live");
            talker.say("hello");
            assertThat(talker.awaitEnd()).isEqualTo(new End(1008, true));
        }
    }
}
