package io.sandgate.e2e;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.EventFeed;
import io.sandgate.e2e.harness.EventOracle;
import io.sandgate.e2e.harness.EventRequest;
import io.sandgate.e2e.harness.EventRequest.Transport;
import io.sandgate.e2e.harness.EventSettings;
import io.sandgate.e2e.harness.EventSubscriber;
import io.sandgate.e2e.harness.EventSubscriber.End;
import io.sandgate.e2e.harness.Refusal;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.StreamFrame;
import io.sandgate.e2e.harness.StreamTrace;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What a replica with a small log answers to places that it does not have, and to what it cannot read.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class EventBadInputIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String LONG = "x".repeat(257);

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(1).set(EventSettings.smallLog())
            .set(EventSettings.marks("1s"));

    private final ReplicaProcess replica = cluster.replica(1);
    private final EventFeed feed = new EventFeed(cluster.http(), replica, "bad", 100, route -> "team-a");

    @ParameterizedTest
    @EnumSource
    void cursor_thatCannotBeReadFrom_isRefusedBeforeTheUpgrade(Transport transport) {
        feed.make(10);
        String here = here();
        String epoch = here.substring(0, here.indexOf(':'));
        long tip = Long.parseLong(here.substring(here.indexOf(':') + 1));

        for (String malformed : List.of("", "1", ":", "abc", epoch + ":", ":5", epoch + ":-1", epoch + ":01",
                epoch + ":1.5", epoch + ": 1", epoch + ":9223372036854775808", "-1", "e".repeat(65) + ":1",
                "newest")) {
            assertRefused(after(malformed, transport), 400, "cursor_malformed");
        }
        assertRefused(after(epoch + ":" + (tip + 1_000_000), transport), 400, "cursor_ahead");
        assertRefused(after(epoch + ":" + Long.MAX_VALUE, transport), 400, "cursor_ahead");
        Refusal other = assertRefused(after("another0epoch:1", transport), 410, "cursor_other_epoch");
        assertThat(other.json().getString("epoch")).isEqualTo(epoch);
        assertThat(other.json().getLong("tip")).isGreaterThanOrEqualTo(tip);

        feed.make(10_000);
        Refusal old = assertRefused(after(epoch + ":0", transport), 410, "cursor_too_old");
        assertThat(old.json().getLong("floor")).isBetween(2L, old.json().getLong("tip"));
        try (EventSubscriber oldest = EventRequest.admin(replica).after("oldest").over(transport).subscribe()) {
            assertThat(oldest.nextEvent().seq()).isGreaterThanOrEqualTo(old.json().getLong("floor"));
        }
        try (EventSubscriber tipped = after(here(), transport).subscribe()) {
            assertThat(tipped.next().type()).isEqualTo("hello");
        }
    }

    private EventRequest after(String cursor, Transport transport) {
        return EventRequest.admin(replica).after(cursor).over(transport);
    }

    private String here() {
        try (EventSubscriber subscriber = EventRequest.admin(replica).subscribe()) {
            return subscriber.next("live").cursor();
        }
    }

    private static Refusal assertRefused(EventRequest request, int status, String reason) {
        Refusal refusal = request.refused();
        assertThat(refusal.status()).as("%s: %s", request.uri(), refusal.body()).isEqualTo(status);
        assertThat(refusal.reason()).as("%s: %s", request.uri(), refusal.body()).isEqualTo(reason);
        assertThat(refusal.json().getInteger("code")).isEqualTo(status);
        assertThat(refusal.message()).isNotBlank();
        return refusal;
    }

    @ParameterizedTest
    @EnumSource
    void filter_thatDoesNotParse_isRefusedAndNamed(Transport transport) {
        EventRequest request = EventRequest.admin(replica).over(transport);
        String many = IntStream.range(0, 65).mapToObj(i -> "i" + i).collect(Collectors.joining(","));

        for (EventRequest wrong : List.of(request.with("kind", "Sand box"), request.with("kind", ""),
                request.with("kind", "sandbox.created,,route"), request.with("kind", LONG),
                request.with("sandbox", many), request.with("sandbox", LONG), request.with("sandbox", ""),
                request.with("owner", many), request.with("owner", LONG), request.with("metadata", "a"),
                request.with("metadata", "a=%ZZ"), request.with("metadata", "a=" + LONG))) {
            Refusal refusal = assertRefused(wrong, 400, "filter_invalid");
            assertThat(refusal.message()).contains(wrong.query().keySet());
        }
        for (EventRequest wrong : List.of(request.with("since", "yesterday"), request.with("snapshot", "maybe"),
                request.with("snapshot", "true").after("e:1"))) {
            Refusal refusal = wrong.refused();
            assertThat(refusal.status()).as("%s: %s", wrong.uri(), refusal.body()).isEqualTo(400);
            assertThat(refusal.message()).contains(wrong.query().keySet().iterator().next());
        }
    }

    @ParameterizedTest
    @EnumSource
    void team_otherThanTheKeys_isRefused(Transport transport) {
        EventRequest mine = EventRequest.open(replica, ClusterProcesses.KEY).over(transport);

        assertThat(mine.with("owner", "team-b").refused().status()).isEqualTo(403);
        assertThat(mine.with("owner", "team-a,team-b").refused().status()).isEqualTo(403);
        assertThat(EventRequest.open(replica, "").over(transport).refused().status()).isEqualTo(401);
        assertThat(EventRequest.open(replica, "e2b_" + "0".repeat(40)).over(transport).refused().status())
                .isEqualTo(401);
        assertThat(EventRequest.open(replica, "").with("ticket", "forged").over(transport).refused().status())
                .isIn(401, 403);
        try (EventSubscriber own = mine.with("owner", "team-a").subscribe()) {
            assertThat(own.next().type()).isEqualTo("hello");
        }
    }

    @Test
    void reader_whoseNextEventIsGone_isToldSoAndSkipsNothing() {
        EventOracle oracle = new EventOracle();
        StreamTrace trace = new StreamTrace();
        try (EventSubscriber reference = EventRequest.admin(replica).subscribe(oracle);
                EventSubscriber slow = EventRequest.admin(replica).narrow().subscribe(frame -> {
                    trace.accept(frame);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(frame.isEvent() ? 2 : 0));
                })) {
            await().atMost(SOON).until(() -> !trace.start().isEmpty() && !reference.cursor().isEmpty());
            // no faster than the reference reads, which is to lose nothing
            while (!slow.isOver() && feed.made() < 200_000) {
                int before = oracle.count();
                feed.make(500);
                await().atMost(SOON).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2))
                        .until(() -> oracle.count() >= before + 500);
            }

            assertThat(slow.awaitEnd()).isEqualTo(new End(4009, true));
            JsonObject end = slow.endFrame().json();
            assertThat(end.getInteger("code")).isEqualTo(4009);
            StreamTrace.Seen last = trace.events().getLast();
            assertThat(slow.endFrame().seq()).isGreaterThanOrEqualTo(last.seq());
            await().atMost(SOON).until(() -> oracle.last() >= last.seq());
            assertThat(trace.events()).isEqualTo(oracle.expected(0, event -> event.seq() <= last.seq()));
        }
    }

    @Test
    void idleSubscriber_ofASelectiveFilter_hearsHowFarItIs() {
        try (EventSubscriber idle = EventRequest.admin(replica).with("sandbox", "inobody").subscribe()) {
            StreamFrame live = idle.next("live");
            feed.make(100);

            assertThat(idle.next("cursor").seq()).isGreaterThanOrEqualTo(live.seq() + 100);
        }
    }

    @Test
    void metadata_isMatchedAsInTheListOfSandboxes() {
        EventRequest request = EventRequest.open(replica, ClusterProcesses.KEY).with("metadata", "of=a%20b&more=1")
                .with("kind", "sandbox.created");
        try (EventSubscriber subscriber = request.subscribe()) {
            subscriber.next("live");
            List<String> ids = new ArrayList<>();
            for (JsonObject metadata : List.of(new JsonObject().put("of", "a b"),
                    new JsonObject().put("of", "a b").put("more", "1"), new JsonObject().put("more", "1"))) {
                ids.add(replica.api().created(new JsonObject().put("templateID", "base").put("timeout", 300)
                        .put("metadata", metadata)));
            }
            String after = replica.api().created(new JsonObject().put("templateID", "base").put("timeout", 300)
                    .put("metadata", new JsonObject().put("of", "a b").put("more", "1").put("last", "x")));

            assertThat(List.of(subscriber.nextEvent(), subscriber.nextEvent()))
                    .extracting(frame -> frame.json().getString("sandbox")).containsExactly(ids.get(1), after);
        }
    }
}
