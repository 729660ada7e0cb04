package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.EventFeed;
import io.sandgate.e2e.harness.EventOracle;
import io.sandgate.e2e.harness.EventRequest;
import io.sandgate.e2e.harness.EventRequest.Transport;
import io.sandgate.e2e.harness.EventSubscriber;
import io.sandgate.e2e.harness.EventSubscriber.End;
import io.sandgate.e2e.harness.LifecycleClient;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.Run;
import io.sandgate.e2e.harness.StreamFrame;
import io.sandgate.e2e.harness.StreamTrace;
import io.sandgate.e2e.harness.StreamTrace.Seen;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// One replica's events over its restarts, and the other ways to read them.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class EventRestartIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(1);

    private final ReplicaProcess replica = cluster.replica(1);
    private final EventFeed feed = new EventFeed(cluster.http(), replica, "restart", 20, route -> "team-a");

    @Test
    void restart_inOrder_keepsTheEpochAndOldPlaces() {
        assertKept(() -> assertThat(replica.sigterm()).isZero());
    }

    @Test
    void restart_afterAKill9_keepsAllThatAnybodySaw() {
        assertKept(replica::kill9);
    }

    private void assertKept(Runnable end) {
        EventOracle before = new EventOracle();
        try (EventSubscriber subscriber = EventRequest.admin(replica).subscribe(before)) {
            await().atMost(SOON).until(() -> !subscriber.cursor().isEmpty());
            feed.make(2_000);
            await().atMost(SOON).until(() -> before.count() >= 2_000);
            end.run();
        }
        replica.start().awaitReady();

        long after = before.events().get(499).seq();
        EventOracle again = new EventOracle();
        try (EventSubscriber subscriber = EventRequest.admin(replica).after(before.cursor(after)).subscribe(again)) {
            feed.make(100);
            await().atMost(SOON).until(() -> again.last() >= before.last() + 100);
            assertThat(subscriber.cursor()).startsWith(before.cursor(0).replace(":0", ":"));
        }
        again.assertDense();
        assertThat(again.expected(0, event -> event.seq() <= before.last()))
                .isEqualTo(before.expected(after, event -> true));
    }

    @Test
    void sigterm_tellsEachSubscriberFromWhereToGoOn() throws InterruptedException {
        List<Transport> transports = List.of(Transport.values());
        List<StreamTrace> traces = transports.stream().map(transport -> new StreamTrace()).toList();
        List<EventSubscriber> subscribers = new ArrayList<>();
        AtomicBoolean over = new AtomicBoolean();
        Thread feeding = Thread.ofVirtual().unstarted(() -> {
            while (!over.get()) {
                feed.makeUnlessGone(20);
            }
        });
        try {
            for (int i = 0; i < transports.size(); i++) {
                subscribers.add(EventRequest.admin(replica).over(transports.get(i)).subscribe(traces.get(i)));
            }
            feeding.start();
            await().atMost(SOON).until(() -> traces.stream().allMatch(trace -> trace.count() > 500));

            assertThat(replica.sigterm()).isZero();
        } finally {
            over.set(true);
            feeding.join();
        }
        List<String> places = new ArrayList<>();
        for (int i = 0; i < transports.size(); i++) {
            boolean socket = transports.get(i) != Transport.SERVER_SENT;
            assertThat(subscribers.get(i).awaitEnd()).as("%s", transports.get(i))
                    .isEqualTo(new End(socket ? 1001 : 0, true));
            StreamFrame end = subscribers.get(i).endFrame();
            assertThat(end.json().getInteger("code")).isEqualTo(1001);
            assertThat(end.seq()).isGreaterThanOrEqualTo(traces.get(i).events().getLast().seq());
            places.add(end.cursor());
        }
        replica.start().awaitReady();
        feed.make(100);

        EventOracle whole = new EventOracle();
        try (EventSubscriber reference = EventRequest.admin(replica).after("oldest").subscribe(whole)) {
            await().atMost(SOON).until(() -> isAtTip(reference, whole));
            for (int i = 0; i < transports.size(); i++) {
                StreamTrace rest = new StreamTrace();
                try (EventSubscriber again = EventRequest.admin(replica).after(places.get(i))
                        .over(transports.get(i)).subscribe(rest)) {
                    await().atMost(SOON).until(() -> rest.marks("live") == 1);
                    List<Seen> together = Stream.concat(traces.get(i).events().stream(), rest.events().stream())
                            .toList();
                    long last = together.getLast().seq();
                    await().atMost(SOON).until(() -> whole.last() >= last);
                    assertThat(again.isOver()).isFalse();
                    assertThat(together).isEqualTo(whole.expected(together.getFirst().seq() - 1,
                            event -> event.seq() <= last));
                }
            }
        }
    }

    private boolean isAtTip(EventSubscriber reference, EventOracle whole) {
        try (EventSubscriber here = EventRequest.admin(replica).subscribe()) {
            return !reference.isOver() && whole.last() >= here.next("live").seq();
        }
    }

    @Test
    void sandboxEvents_areListedAsE2bClientsAskForThem() {
        LifecycleClient api = replica.api();
        String id = api.created("base");
        api.pause(id);
        api.connect(id, 300);
        api.kill(id);
        String other = api.withKey(ClusterProcesses.OTHER_KEY).created("base");

        await().atMost(SOON).untilAsserted(() -> assertThat(types(id, "?orderAsc=true")).containsExactly(
                "sandbox.lifecycle.created", "sandbox.lifecycle.paused", "sandbox.lifecycle.resumed",
                "sandbox.lifecycle.killed"));
        assertThat(types(id, "")).isEqualTo(types(id, "?orderAsc=true").reversed());
        assertThat(types(id, "?orderAsc=true&offset=1&limit=2")).containsExactly("sandbox.lifecycle.paused",
                "sandbox.lifecycle.resumed");
        assertThat(types(other, "")).as("those of another team").isEmpty();
        JsonObject event = api.call("GET", "/events/sandboxes?limit=1", "").array().getJsonObject(0);
        assertThat(event.fieldNames()).contains("id", "version", "type", "timestamp", "sandboxId", "sandboxTeamId",
                "sandboxTemplateId");
        assertThat(api.call("GET", "/events/sandboxes?limit=101", "").status()).isEqualTo(400);
        assertThat(api.call("GET", "/events/sandboxes?offset=-1", "").status()).isEqualTo(400);
    }

    private List<String> types(String sandbox, String query) {
        Answer answer = replica.api().call("GET", "/events/sandboxes/" + sandbox + query, "");
        if (answer.status() == 404) {
            return List.of();
        }
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.array().stream().map(JsonObject.class::cast).map(event -> event.getString("type")).toList();
    }

    @Test
    void watch_ofTheCommandLine_printsTheEvents() {
        feed.make(50);
        await().atMost(SOON).untilAsserted(() -> {
            Run run = Run.program(List.of("watch", "--json", "--oldest", "--until-live", "--kind", "route",
                    "--admin-url", replica.adminUrl()));
            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.out().lines().map(JsonObject::new)
                    .filter(event -> event.getString("sandbox", "").startsWith(feed.prefix())))
                    .hasSizeGreaterThanOrEqualTo(50);
        });

        Run wrong = Run.program(List.of("watch", "--after", "nosuch:1", "--admin-url", replica.adminUrl()));
        assertThat(wrong.exitCode()).isNotZero();
        assertThat(wrong.err()).contains("nosuch");
    }
}
