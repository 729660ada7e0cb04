package io.sandgate.proxy.replicate;

import io.sandgate.membership.SweepVerdict;
import io.sandgate.membership.SweepVerdict.Allowed;
import io.sandgate.membership.SweepVerdict.Reason;
import io.sandgate.membership.SweepVerdict.Refused;
import io.sandgate.proxy.replicate.Witnesses.Testimony;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.sandgate.proxy.route.Routes.key;
import static io.sandgate.proxy.route.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;

class SweeperTest {
    private final SyncRig rig = new SyncRig(1);
    private final RouteTable table = new RouteTable(RouteTable.Limits.DEFAULT,
            AddressRanges.of(List.of("127.64.0.0/10")), rig.loop::nanoTime);
    private final Digests digests = new Digests(table);
    private final Set<String> dead = new HashSet<>();
    private final List<String> looked = new ArrayList<>();
    private final Map<String, Testimony> seen = new HashMap<>();
    private SweepVerdict verdict = new Allowed();

    SweeperTest() {
        rig.join(List.of(FakePeers.member(1)));
        new Sweeper("self", table, digests, rig.sync, new Sweeper.View() {
            @Override
            public SweepVerdict verdict() {
                return verdict;
            }

            @Override
            public boolean isDead(String authority) {
                return dead.contains(authority);
            }

            @Override
            public CompletionStage<Testimony> look(String authority) {
                looked.add(authority);
                return CompletableFuture.completedStage(seen.getOrDefault(authority, Testimony.NOT_REACHED));
            }
        }, rig.loop, rig.metrics).start();
    }

    @Test
    void routesOfTheDead_areFencedInTheNextEpochAndToldToThePeers() {
        table.upsert(route("gone", "gone", 5, "p9"));
        table.upsert(route("kept", "kept", 5, "p1"));
        table.upsert(route("fed", "fed", 5, ""));
        table.upsert(route("own", "own", 5, "self"));
        dead.addAll(Set.of("p9", "", "self"));
        rig.run(6_000);
        assertThat(table.routes()).extracting(Route::name).containsExactlyInAnyOrder("kept", "fed", "own");
        assertThat(table.upsert(route("gone", "gone", 6, "p9")).isApplied()).isFalse();
        assertThat(rig.peers.pushes(FakePeers.member(1))).flatExtracting(FakePeers.Request::routes)
                .singleElement().satisfies(deletion -> {
                    assertThat(deletion.isDead()).isTrue();
                    assertThat(deletion.version()).isEqualTo(RouteVersion.of(1, 1));
                    assertThat(deletion.authority()).isEqualTo("self");
                });
        assertThat(rig.counter("sandgate.sweep.routes")).isEqualTo(1);
        assertThat(table.nextVersion(key("gone"), "p9")).as("the replica comes back").isEqualTo(RouteVersion.of(2, 1));
    }

    @Test
    void refused_keepsEverythingAndSaysWhy() {
        table.upsert(route("gone", "gone", 5, "p9"));
        dead.add("p9");
        verdict = new Refused(Reason.TOO_MANY_MISSING);
        rig.run(11_000);
        assertThat(table.size()).isOne();
        assertThat(rig.counter("sandgate.sweep.refused", "reason", "too_many_missing")).isEqualTo(2);
        verdict = new Allowed();
        rig.run(5_000);
        assertThat(table.size()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = "NOT_REACHED", mode = EnumSource.Mode.EXCLUDE)
    void replicaThatIsReachedOrOfWhichNobodyKnows_isKeptAndLookedForAgain(Testimony testimony) {
        table.upsert(route("kept", "kept", 5, "p9"));
        table.upsert(route("gone", "gone", 5, "p8"));
        dead.addAll(Set.of("p8", "p9"));
        seen.put("p9", testimony);
        rig.run(11_000);
        assertThat(table.routes()).extracting(Route::name).containsExactly("kept");
        assertThat(looked).containsExactly("p8", "p9", "p9");
        assertThat(rig.counter("sandgate.sweep.refused", "reason", testimony.tag())).isEqualTo(2);
        seen.clear();
        rig.run(5_000);
        assertThat(table.size()).isZero();
    }

    @Test
    void nobodyIsLookedFor_whereNothingMayBeCleared() {
        table.upsert(route("kept", "kept", 5, "p9"));
        dead.add("p9");
        verdict = new Refused(Reason.NOT_THE_SWEEPER);
        rig.run(11_000);
        assertThat(looked).isEmpty();
    }

    @Test
    void manyRoutes_areClearedInParts() {
        for (int i = 0; i < 2_500; i++) {
            table.upsert(route("r" + i, "r" + i, 1, "p9"));
        }
        dead.add("p9");
        rig.run(5_000);
        assertThat(table.size()).isEqualTo(1_500);
        rig.run(1_000);
        assertThat(table.size()).isZero();
        assertThat(rig.counter("sandgate.sweep.routes")).isEqualTo(2_500);
    }

    @Test
    void replicaThatComesBackDuringASweep_keepsTheRest() {
        for (int i = 0; i < 2_500; i++) {
            table.upsert(route("r" + i, "r" + i, 1, "p9"));
        }
        dead.add("p9");
        rig.run(5_000);
        dead.clear();
        rig.run(20_000);
        assertThat(table.size()).isEqualTo(1_500);
    }

    @Test
    void sweeperThatMaySweepNoMore_stopsAtOnce() {
        for (int i = 0; i < 2_500; i++) {
            table.upsert(route("r" + i, "r" + i, 1, "p9"));
        }
        dead.add("p9");
        rig.run(5_000);
        verdict = new Refused(Reason.TOO_MANY_MISSING);
        rig.run(20_000);
        assertThat(table.size()).isEqualTo(1_500);
        verdict = new Allowed();
        rig.run(6_000);
        assertThat(table.size()).isZero();
    }
}
