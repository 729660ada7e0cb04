package io.sandgate.api.stream.source;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.shard.ShardListener.Change;
import io.sandgate.gateway.shard.ShardListener.ShardNews;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.MembershipChange;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import io.sandgate.proxy.route.TrafficRules;
import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.SandboxChange.Cause;
import io.sandgate.sandbox.SandboxChange.Kind;
import io.sandgate.sandbox.SandboxState;
import io.sandgate.sandbox.driver.Template;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What a replica tells of itself: each thing as it happens, and what the log has otherwise than it is.
class SourcesTest {
    private static final Sandbox RUNNING = Life.sandbox("i1", SandboxState.RUNNING);
    private static final Sandbox PAUSED = Life.sandbox("i1", SandboxState.PAUSED);
    private static final Sandbox OTHER = Life.sandbox("i2", SandboxState.RUNNING);
    private static final ShardId SHARD = new ShardId(3, 16);

    private final ListLog log = new ListLog();
    private final RouteTable table = new RouteTable(RouteTable.Limits.DEFAULT,
            AddressRanges.of(List.of("127.0.0.0/8")), () -> 0);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor();
    private final Sources sources = open();

    @AfterEach
    void close() {
        pool.shutdownNow();
    }

    // --- as it happens ------------------------------------------------------------------------------------------------------

    @Test
    void sandbox_life_isTold() {
        hear(Kind.CREATED, RUNNING, Cause.REQUEST);
        Event created = log.last();
        assertThat(created.kind()).isEqualTo("sandbox.created");
        assertThat(created.subject()).isEqualTo("sandbox/i1");
        assertThat(created.sandbox()).isEqualTo("i1");
        assertThat(created.owner()).isEqualTo("team");
        assertThat(created.metadata()).isEqualTo(Map.of("a", "b"));
        assertThat(created.at()).isEqualTo(Life.START.plusSeconds(10));
        assertThat(created.reach()).isEqualTo(Reach.CLUSTER);
        assertThat(log.lastData()).isEqualTo(new JsonObject("""
                {"state":"running","template":"base","uid":"u-i1","startedAt":"2026-11-22T10:00:00Z",
                "endAt":"2026-11-22T10:05:00Z","timeout":300,"cpuCount":1,"memoryMB":512,
                "runningSince":"2026-11-22T10:00:10Z"}"""));

        hear(Kind.UPDATED, RUNNING, Cause.REQUEST);
        hear(Kind.SNAPSHOTTED, RUNNING, Cause.REQUEST);
        assertThat(log.lastData().getString("snapshot")).isEqualTo("s1");
        hear(Kind.PAUSED, PAUSED, Cause.DEADLINE);
        assertThat(log.lastData().getString("state")).isEqualTo("paused");
        assertThat(log.lastData().getString("reason")).isEqualTo("deadline");
        assertThat(log.lastData().getString("runningSince")).isEqualTo("2026-11-22T10:00:10Z");
        hear(Kind.RESUMED, RUNNING, Cause.REQUEST);
        hear(Kind.KILLED, RUNNING, Cause.EXIT);
        assertThat(log.lastData().getString("state")).isEqualTo("killed");
        assertThat(log.lastData().getString("reason")).isEqualTo("exit");

        assertThat(log.kinds()).containsExactly("sandbox.created", "sandbox.updated", "sandbox.snapshotted",
                "sandbox.paused", "sandbox.resumed", "sandbox.killed");
        assertThat(log.events()).extracting(Event::last).containsExactly(false, false, false, false, false, true);
        assertThat(log.events().toString()).doesNotContain("secret").doesNotContain("127.64.0.1");
    }

    @Test
    void sandbox_thatDidNotRun_hasNoBeginningOfItsRun() {
        hear(Kind.CREATED, RUNNING, Cause.REQUEST);
        hear(Kind.PAUSED, PAUSED, Cause.REQUEST);
        hear(Kind.KILLED, PAUSED, Cause.REQUEST);
        assertThat(log.lastData().containsKey("runningSince")).isFalse();
    }

    @Test
    void snapshot_ofASandboxThatChangedSince_doesNotUndoItsState() {
        hear(Kind.CREATED, RUNNING, Cause.REQUEST);
        hear(Kind.PAUSED, PAUSED, Cause.REQUEST);
        hear(Kind.SNAPSHOTTED, RUNNING, Cause.REQUEST);
        assertThat(state()).containsEntry("sandbox/i1", "paused");
        hear(Kind.KILLED, PAUSED, Cause.REQUEST);
        hear(Kind.SNAPSHOTTED, RUNNING, Cause.REQUEST);
        assertThat(log.last().kind()).isEqualTo("sandbox.snapshotted");
        assertThat(state()).isEmpty();
    }

    @Test
    void metadata_tooLarge_isLeftOut() {
        hear(Kind.CREATED, Life.sandbox("i1", SandboxState.RUNNING, Map.of("a", "x".repeat(70_000))), Cause.REQUEST);
        assertThat(log.last().metadata()).isEmpty();
    }

    @Test
    void route_ofThisReplica_isTold_withoutWhatMayBeSecret() {
        apply(route("default", "a", "running", "r1", 1));
        assertThat(log.last().kind()).isEqualTo("route.changed");
        assertThat(log.last().subject()).isEqualTo("route/default/a");
        assertThat(log.last().sandbox()).isEqualTo("a-id");
        assertThat(log.last().owner()).isEqualTo("team");
        assertThat(log.lastData()).isEqualTo(new JsonObject("""
                {"namespace":"default","name":"a","id":"a-id","uid":"u","state":"running","version":"1",
                "authority":"r1"}"""));
        apply(route("other", "b", "running", "r1", 1));
        assertThat(log.last().sandbox()).isEmpty();

        apply(route("default", "a", "running", "r1", 2).dead(RouteVersion.of(3)));
        assertThat(log.last().kind()).isEqualTo("route.deleted");
        assertThat(log.last().last()).isTrue();
        assertThat(log.lastData().getString("state")).isEqualTo("dead");
        assertThat(log.events().toString()).doesNotContain("127.64.1.1").doesNotContain("secret");
    }

    @Test
    void route_ofAnother_orOfAClient_isNotTold() {
        apply(route("default", "a", "running", "r2", 1));
        apply(route("default", "b", "running", "", 1));
        apply(route("client", "c", "running", "r1", 1));
        assertThat(log.events()).isEmpty();
    }

    @Test
    void route_names_withSlashes_areSubjectsOfTheirOwn() {
        apply(route("a/b", "c", "running", "r1", 1));
        apply(route("a", "b/c", "running", "r1", 1));
        apply(route("a%2Fb", "c", "running", "r1", 1));
        assertThat(state()).hasSize(3);
        sources.assertState(log);
        settle();
        assertThat(log.events()).hasSize(3);
    }

    @Test
    void member_changes_areTold_once_toThoseWhoListenHere() {
        Member joining = member("r2", 1, MemberState.JOINING);
        sources.members().changed(new MembershipChange.Joined(joining));
        sources.seen(joining);
        sources.members().changed(new MembershipChange.Updated(joining.in(MemberState.READY)));
        sources.members().changed(new MembershipChange.Merged(joining.in(MemberState.READY)));
        sources.members().changed(new MembershipChange.Joined(member("r2", 2, MemberState.READY)));
        sources.members().changed(new MembershipChange.Left(member("r2", 2, MemberState.READY)));
        sources.members().changed(new MembershipChange.Left(member("r2", 2, MemberState.READY)));

        assertThat(log.kinds()).containsExactly("member.joined", "member.updated", "member.joined", "member.left");
        assertThat(log.events()).allMatch(event -> event.reach() == Reach.REPLICA && event.owner().isEmpty()
                && event.subject().equals("member/r2"));
        assertThat(new JsonObject(log.events().getFirst().data())).isEqualTo(new JsonObject("""
                {"member":"r2","incarnation":1,"state":"joining","peer":"127.0.0.1:1","public":"127.0.0.1:2"}"""));
    }

    @Test
    void shard_changes_areTold() {
        news(Change.HELD, 0, "");
        news(Change.LIVE, 2, "");
        news(Change.LOST, 2, "closed with 4000");
        assertThat(log.lastData()).isEqualTo(new JsonObject("""
                {"shard":[3,16],"replica":"r1","epoch":7,"attempt":2,"reason":"closed with 4000"}"""));
        assertThat(state()).hasSize(1);
        news(Change.RELEASED, 0, "given to another replica");

        assertThat(log.kinds()).containsExactly("shard.held", "shard.live", "shard.lost", "shard.released");
        assertThat(state()).isEmpty();
        assertThat(log.events()).allMatch(event -> event.owner().isEmpty() && event.reach() == Reach.CLUSTER);
    }

    @Test
    void shard_thatMoves_isNotHiddenByWhatTheFormerOwnerSaysLate() {
        news(Change.HELD, 0, "");
        Event late = new Event("shard.released", log.last().subject().replace("r1", "r2"), true, Life.START, "", "",
                Map.of(), "{}", Reach.CLUSTER);
        log.replicated("r2", 1, late);
        assertThat(state()).hasSize(1);
    }

    // --- what the log has ---------------------------------------------------------------------------------------------------

    @Test
    void start_withALogThatIsRight_tellsNothing() {
        hear(Kind.CREATED, RUNNING, Cause.REQUEST);
        hear(Kind.CREATED, OTHER, Cause.REQUEST);
        hear(Kind.PAUSED, Life.sandbox("i2", SandboxState.PAUSED), Cause.DEADLINE);
        apply(route("default", "a", "running", "r1", 1));
        sources.seen(member("r2", 1, MemberState.READY));
        news(Change.LIVE, 2, "note");
        int before = log.events().size();

        Sources next = open();
        next.sandboxes().changed(Life.change(Kind.FOUND, RUNNING));
        next.sandboxes().changed(Life.change(Kind.FOUND, Life.sandbox("i2", SandboxState.PAUSED)));
        next.seen(member("r2", 1, MemberState.READY));
        next.shards().changed(new ShardNews(SHARD, Change.LIVE, 7, 2, "other"));
        next.assertState(log);
        settle();

        // the member and the shard are new to this life; of what was found, nothing is told
        assertThat(log.kinds().subList(before, log.events().size())).containsExactly("member.joined", "shard.live");
        assertThat(corrections()).isZero();
    }

    @Test
    void start_withALogThatIsOld_tellsTheDifferencesOnly() {
        hear(Kind.CREATED, RUNNING, Cause.REQUEST);
        hear(Kind.CREATED, OTHER, Cause.REQUEST);
        hear(Kind.CREATED, Life.sandbox("i3", SandboxState.RUNNING), Cause.REQUEST);
        apply(route("default", "gone", "running", "r1", 1));
        sources.seen(member("r2", 1, MemberState.READY));
        sources.seen(member("r3", 1, MemberState.READY));
        news(Change.LIVE, 2, "");
        log.replicated("r2", 1, log.events().getFirst());
        int before = log.events().size();

        RouteTable fresh = new RouteTable(RouteTable.Limits.DEFAULT, AddressRanges.of(List.of("127.0.0.0/8")), () -> 0);
        fresh.apply(route("default", "here", "running", "r1", 1));
        fresh.apply(route("default", "theirs", "running", "r2", 1));
        Sources next = open(fresh);
        next.sandboxes().changed(Life.change(Kind.FOUND, OTHER));
        next.sandboxes().changed(Life.change(Kind.FOUND, Life.sandbox("i3", SandboxState.PAUSED)));
        next.sandboxes().changed(Life.change(Kind.FOUND, Life.sandbox("i4", SandboxState.RUNNING)));
        next.seen(member("r2", 2, MemberState.READY));
        int told = log.events().size();
        next.assertState(log);
        await().until(() -> log.events().size() >= told + 6);
        settle();

        assertThat(told).isEqualTo(before + 1);
        assertThat(log.events().subList(told, log.events().size())).extracting(
                event -> event.kind() + " " + event.subject() + " " + event.last())
                // what another replica said of i1 is not this one's to end
                .containsExactlyInAnyOrder("sandbox.updated sandbox/i3 false", "sandbox.updated sandbox/i4 false",
                        "route.changed route/default/here false", "route.deleted route/default/gone true",
                        "member.left member/r3 true", "shard.released shard/r1/3/16 true");
    }

    @Test
    void sandbox_thatIsGone_isKilledInTheLog_withWhatWasKnownOfIt() {
        hear(Kind.CREATED, RUNNING, Cause.REQUEST);
        open().assertState(log);
        await().until(() -> log.events().size() == 2);

        assertThat(log.last().kind()).isEqualTo("sandbox.killed");
        assertThat(log.last().owner()).isEqualTo("team");
        assertThat(log.last().metadata()).isEqualTo(Map.of("a", "b"));
        assertThat(log.lastData().getString("reason")).isEqualTo("found at start");
        assertThat(log.lastData().getString("template")).isEqualTo("base");
        assertThat(state()).isEmpty();
    }

    @Test
    void sandbox_thatWasFound_isKnownToRunSinceThen() {
        hear(Kind.CREATED, RUNNING, Cause.REQUEST);
        Sources next = open();
        next.sandboxes().changed(Life.change(Kind.FOUND, RUNNING));
        next.assertState(log);
        settle();
        next.sandboxes().changed(Life.change(Kind.KILLED, RUNNING));
        assertThat(log.lastData().getString("runningSince")).isEqualTo("2026-11-22T10:00:10Z");
    }

    @Test
    void log_thatLosesAll_isToldAllAnew() {
        sources.assertState(log);
        hear(Kind.CREATED, RUNNING, Cause.REQUEST);
        apply(route("default", "a", "running", "r1", 1));
        news(Change.LIVE, 2, "");
        sources.seen(member("r2", 1, MemberState.READY));
        settle();
        log.lose();
        sources.assertState();

        await().untilAsserted(() -> assertThat(state()).containsOnlyKeys("sandbox/i1", "route/default/a",
                "shard/r1/3/16", "member/r2"));
        assertThat(corrections()).isEqualTo(4);
    }

    @Test
    void event_thatTheLogLost_isMadeUpFor_withoutAnybodySayingSo() {
        sources.assertState(log);
        settle();
        log.hold();
        hear(Kind.CREATED, RUNNING, Cause.REQUEST);
        hear(Kind.PAUSED, PAUSED, Cause.REQUEST);
        log.lose();
        log.release();

        await().untilAsserted(() -> assertThat(state()).containsEntry("sandbox/i1", "paused"));
        assertThat(meters.get("sandgate.events.untold").counter().count()).isEqualTo(2);
    }

    @Test
    void event_thatIsRefusedForGood_isNotTriedForEver() {
        sources.assertState(log);
        settle();
        log.refuse(true);
        hear(Kind.CREATED, RUNNING, Cause.REQUEST);
        await().until(() -> meters.get("sandgate.events.untold").counter().count() == 2);
        settle();
        assertThat(meters.get("sandgate.events.untold").counter().count()).isEqualTo(2);
        log.refuse(false);
        hear(Kind.UPDATED, RUNNING, Cause.REQUEST);
        assertThat(state()).containsEntry("sandbox/i1", "running");
    }

    @Test
    void event_onItsWay_whenTheLogIsCompared_isNotToldTwice() {
        log.hold();
        hear(Kind.CREATED, RUNNING, Cause.REQUEST);
        sources.assertState(log);
        settle();
        log.release();
        settle();
        assertThat(log.kinds()).containsExactly("sandbox.created");
    }

    @Test
    void change_duringTheComparison_isNotOverruled() {
        hear(Kind.CREATED, RUNNING, Cause.REQUEST);
        hear(Kind.CREATED, OTHER, Cause.REQUEST);
        log.afterState(() -> {
            hear(Kind.KILLED, RUNNING, Cause.REQUEST);
            hear(Kind.CREATED, Life.sandbox("i3", SandboxState.RUNNING), Cause.REQUEST);
        });
        sources.assertState(log);
        settle();
        assertThat(log.kinds()).containsExactly("sandbox.created", "sandbox.created", "sandbox.killed",
                "sandbox.created");
    }

    @Test
    void state_afterManyChangesLossesAndComparisons_isWhatThereIs() {
        SplittableRandom random = new SplittableRandom(5);
        for (int round = 0; round < 20; round++) {
            sources.assertState(log);
            List<Thread> threads = new ArrayList<>();
            Map<String, String> expected = new HashMap<>();
            for (int i = 0; i < 8; i++) {
                String id = "i" + round + "x" + i;
                List<Kind> life = life(random);
                expected.put("sandbox/" + id, word(life));
                threads.add(Thread.ofVirtual().start(() -> life.forEach(kind -> hear(kind,
                        Life.sandbox(id, kind == Kind.PAUSED ? SandboxState.PAUSED : SandboxState.RUNNING),
                        Cause.REQUEST))));
            }
            log.hold();
            sources.assertState();
            if (random.nextBoolean()) {
                log.lose();
                sources.assertState();
            }
            log.release();
            await().until(() -> threads.stream().noneMatch(Thread::isAlive));
            await().untilAsserted(() -> assertThat(state()).containsAllEntriesOf(expected.entrySet().stream()
                    .filter(entry -> !entry.getValue().equals("killed"))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue))));
            expected.forEach((subject, word) -> {
                if (word.equals("killed")) {
                    assertThat(state()).doesNotContainKey(subject);
                }
            });
        }
    }

    private static List<Kind> life(SplittableRandom random) {
        List<Kind> life = new ArrayList<>(List.of(Kind.CREATED));
        IntStream.range(0, random.nextInt(6)).forEach(i -> life.add(i % 2 == 0 ? Kind.PAUSED : Kind.RESUMED));
        if (random.nextBoolean()) {
            life.add(Kind.KILLED);
        }
        return life;
    }

    private static String word(List<Kind> life) {
        return switch (life.getLast()) {
            case KILLED -> "killed";
            case PAUSED -> "paused";
            default -> "running";
        };
    }

    // --- the test's ---------------------------------------------------------------------------------------------------------

    private Sources open() {
        return open(table);
    }

    private Sources open(RouteTable routes) {
        Sources opened = new Sources(ListLog.SELF, log, routes, Map.of("base", Template.of("base", List.of("run"), 0)),
                () -> Life.START.plusSeconds(20), pool, meters);
        if (routes.size() == 0) {
            routes.onChange(opened.routes());
        }
        return opened;
    }

    private void hear(Kind kind, Sandbox sandbox, Cause cause) {
        sources.sandboxes().changed(Life.change(kind, sandbox, cause));
    }

    private void apply(Route route) {
        table.apply(route);
    }

    private void news(Change change, long attempt, String note) {
        sources.shards().changed(new ShardNews(SHARD, change, 7, attempt, note));
    }

    /// Everything that was begun has ended.
    private void settle() {
        await().until(() -> meters.get("sandgate.events.comparing").gauge().value() == 0);
    }

    private double corrections() {
        return meters.get("sandgate.events.corrections").counter().count();
    }

    /// What the log has of each subject: its `state`, or the kind of what was told last.
    private Map<String, String> state() {
        return log.state().entries().stream().collect(Collectors.toMap(entry -> entry.event().subject(),
                entry -> new JsonObject(entry.event().data()).getString("state", entry.event().kind())));
    }

    private static Route route(String namespace, String name, String state, String authority, long version) {
        return new Route(namespace, name, name + "-id", "u", "team", "127.64.1.1", state, RouteVersion.of(version),
                authority, TrafficRules.OPEN, "\"token\":\"secret\"");
    }

    private static Member member(String id, long incarnation, MemberState state) {
        return new Member(id, incarnation, new Endpoint("127.0.0.1", 1), new Endpoint("127.0.0.1", 2), state);
    }
}
