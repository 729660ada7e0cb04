package io.sandgate.api.stream.source;

import io.sandgate.gateway.shard.ShardListener.Change;
import io.sandgate.gateway.shard.ShardListener.ShardNews;
import io.sandgate.membership.MemberState;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.SandboxChange.Cause;
import io.sandgate.sandbox.SandboxChange.Kind;
import io.sandgate.sandbox.SandboxState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What a replica has told, and what the log has otherwise than it is.
class SourcesTest {
    private static final Sandbox RUNNING = Life.sandbox("i1", SandboxState.RUNNING);
    private static final Sandbox PAUSED = Life.sandbox("i1", SandboxState.PAUSED);
    private static final Sandbox OTHER = Life.sandbox("i2", SandboxState.RUNNING);

    @RegisterExtension
    final SourcesRig rig = new SourcesRig();

    @Test
    void start_withALogThatIsRight_tellsNothing() {
        rig.hear(Kind.CREATED, RUNNING);
        rig.hear(Kind.CREATED, OTHER);
        rig.hear(Kind.PAUSED, Life.sandbox("i2", SandboxState.PAUSED), Cause.DEADLINE);
        rig.apply(SourcesRig.route("default", "a", "running", "r1", 1));
        rig.sources.seen(SourcesRig.member("r2", 1, MemberState.READY));
        rig.news(Change.LIVE, 2, "note");
        int before = rig.log.events().size();

        Sources next = rig.open();
        next.sandboxes().changed(Life.change(Kind.FOUND, RUNNING));
        next.sandboxes().changed(Life.change(Kind.FOUND, Life.sandbox("i2", SandboxState.PAUSED)));
        next.seen(SourcesRig.member("r2", 1, MemberState.READY));
        next.shards().changed(new ShardNews(SourcesRig.SHARD, Change.LIVE, 7, 2, "other"));
        rig.compare(next);

        // the member and the shard are new to this life; of what was found, nothing is told
        assertThat(rig.log.kinds().subList(before, rig.log.events().size())).containsExactly("member.joined",
                "shard.live");
        assertThat(rig.corrections()).isZero();
    }

    @Test
    void start_withALogThatIsOld_tellsTheDifferencesOnly() {
        rig.hear(Kind.CREATED, RUNNING);
        rig.hear(Kind.CREATED, OTHER);
        rig.hear(Kind.CREATED, Life.sandbox("i3", SandboxState.RUNNING));
        rig.apply(SourcesRig.route("default", "gone", "running", "r1", 1));
        rig.sources.seen(SourcesRig.member("r2", 1, MemberState.READY));
        rig.sources.seen(SourcesRig.member("r3", 1, MemberState.READY));
        rig.news(Change.LIVE, 2, "");
        rig.log.replicated("r2", 1, rig.log.events().getFirst());
        int before = rig.log.events().size();

        RouteTable fresh = SourcesRig.table();
        fresh.apply(SourcesRig.route("default", "here", "running", "r1", 1));
        fresh.apply(SourcesRig.route("default", "theirs", "running", "r2", 1));
        Sources next = rig.open(fresh);
        next.sandboxes().changed(Life.change(Kind.FOUND, OTHER));
        next.sandboxes().changed(Life.change(Kind.FOUND, Life.sandbox("i3", SandboxState.PAUSED)));
        next.sandboxes().changed(Life.change(Kind.FOUND, Life.sandbox("i4", SandboxState.RUNNING)));
        next.seen(SourcesRig.member("r2", 2, MemberState.READY));
        int told = rig.log.events().size();
        rig.compare(next);

        assertThat(told).isEqualTo(before + 1);
        assertThat(rig.log.events().subList(told, rig.log.events().size())).extracting(
                event -> event.kind() + " " + event.subject() + " " + event.last())
                // what another replica said of i1 is not this one's to end
                .containsExactlyInAnyOrder("sandbox.updated sandbox/i3 false", "sandbox.updated sandbox/i4 false",
                        "route.changed route/default/here false", "route.deleted route/default/gone true",
                        "member.left member/r3 true", "shard.released shard/r1/3/16 true");
    }

    @Test
    void log_thatLosesAll_isToldAllAnew() {
        rig.hear(Kind.CREATED, RUNNING);
        rig.apply(SourcesRig.route("default", "a", "running", "r1", 1));
        rig.news(Change.LIVE, 2, "");
        rig.sources.seen(SourcesRig.member("r2", 1, MemberState.READY));
        rig.compare();
        assertThat(rig.corrections()).isZero();
        rig.log.lose();
        rig.sources.assertState();
        rig.settle();

        assertThat(rig.state()).containsOnlyKeys("sandbox/i1", "route/default/a", "shard/r1/3/16", "member/r2");
        assertThat(rig.corrections()).isEqualTo(4);
    }

    @Test
    void corrections_moreThanTheLogIsGivenAtOnce_areAllTold() {
        for (int i = 0; i < 2_500; i++) {
            rig.hear(Kind.CREATED, Life.sandbox("i" + i, SandboxState.RUNNING));
        }
        rig.log.lose();
        rig.compare();
        assertThat(rig.state()).hasSize(2_500);
        assertThat(rig.corrections()).isEqualTo(2_500);
    }

    @Test
    void comparison_askedForDuringAnother_isMadeAfterThat() {
        rig.hear(Kind.CREATED, RUNNING);
        rig.log.afterState(() -> {
            rig.log.lose();
            rig.sources.assertState();
        });
        rig.compare();
        rig.settle();
        assertThat(rig.state()).containsOnlyKeys("sandbox/i1");
        assertThat(rig.corrections()).isEqualTo(1);
    }

    @Test
    void event_thatTheLogLost_isMadeUpFor_withoutAnybodySayingSo() {
        rig.compare();
        rig.log.hold();
        rig.hear(Kind.CREATED, RUNNING);
        rig.hear(Kind.PAUSED, PAUSED);
        rig.log.lose();
        rig.log.release();

        await().untilAsserted(() -> assertThat(rig.state()).containsEntry("sandbox/i1", "paused"));
        assertThat(rig.meters.get("sandgate.events.untold").counter().count()).isEqualTo(2);
    }

    @Test
    void event_thatIsRefusedForGood_isNotTriedForEver() {
        rig.compare();
        rig.log.refuse(true);
        rig.hear(Kind.CREATED, RUNNING);
        await().until(() -> rig.meters.get("sandgate.events.untold").counter().count() == 2);
        rig.settle();
        assertThat(rig.meters.get("sandgate.events.untold").counter().count()).isEqualTo(2);
        rig.log.refuse(false);
        rig.hear(Kind.UPDATED, RUNNING);
        assertThat(rig.state()).containsEntry("sandbox/i1", "running");
    }

    @Test
    void event_onItsWay_whenTheLogIsCompared_isNotToldTwice() {
        rig.log.hold();
        rig.hear(Kind.CREATED, RUNNING);
        rig.compare();
        rig.log.release();
        rig.settle();
        assertThat(rig.log.kinds()).containsExactly("sandbox.created");
    }

    @Test
    void change_duringTheComparison_isNotOverruled() {
        rig.hear(Kind.CREATED, RUNNING);
        rig.hear(Kind.CREATED, OTHER);
        rig.log.afterState(() -> {
            rig.hear(Kind.KILLED, RUNNING);
            rig.hear(Kind.CREATED, Life.sandbox("i3", SandboxState.RUNNING));
        });
        rig.compare();
        assertThat(rig.log.kinds()).containsExactly("sandbox.created", "sandbox.created", "sandbox.killed",
                "sandbox.created");
    }

    @Test
    void state_afterManyChangesLossesAndComparisons_isWhatThereIs() {
        SplittableRandom random = new SplittableRandom(5);
        for (int round = 0; round < 20; round++) {
            rig.sources.assertState(rig.log);
            List<Thread> threads = new ArrayList<>();
            Map<String, String> expected = new HashMap<>();
            for (int i = 0; i < 8; i++) {
                String id = "i" + round + "x" + i;
                List<Kind> life = life(random);
                expected.put("sandbox/" + id, word(life));
                threads.add(Thread.ofVirtual().start(() -> life.forEach(kind -> rig.hear(kind,
                        Life.sandbox(id, kind == Kind.PAUSED ? SandboxState.PAUSED : SandboxState.RUNNING),
                        Cause.REQUEST))));
            }
            rig.log.hold();
            rig.sources.assertState();
            if (random.nextBoolean()) {
                rig.log.lose();
                rig.sources.assertState();
            }
            rig.log.release();
            await().until(() -> threads.stream().noneMatch(Thread::isAlive));
            await().untilAsserted(() -> assertThat(rig.state()).containsAllEntriesOf(expected.entrySet().stream()
                    .filter(entry -> !entry.getValue().equals("killed"))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue))));
            expected.forEach((subject, word) -> {
                if (word.equals("killed")) {
                    assertThat(rig.state()).doesNotContainKey(subject);
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
}
