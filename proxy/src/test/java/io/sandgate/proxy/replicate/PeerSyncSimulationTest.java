package io.sandgate.proxy.replicate;

import io.sandgate.membership.Member;
import io.sandgate.proxy.replicate.FakePeers.Behaviour;
import io.sandgate.proxy.replicate.SyncRig.Published;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import io.sandgate.proxy.route.TrafficRules;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

import static io.sandgate.proxy.route.Routes.key;
import static org.assertj.core.api.Assertions.assertThat;

/// One replica publishes while its peers join, leave, restart, hang, refuse and lose answers. Afterwards every peer that
/// is there has exactly what the replica has, every caller was answered in time, and no permit is missing.
class PeerSyncSimulationTest {
    private static final int SCHEDULES = 2_000;
    private static final Member SELF = FakePeers.member("self", 1);

    @Test
    void afterQuiet_everyPeerHasEverythingAndNothingLeaked() {
        for (long seed = 1; seed <= SCHEDULES; seed++) {
            new World(seed).run("seed " + seed);
        }
    }

    @Test
    void sameSeed_isTheSameRun() {
        World one = new World(77);
        World other = new World(77);
        one.run("one");
        other.run("other");
        assertThat(one.published.stream().map(Published::took).toList())
                .isEqualTo(other.published.stream().map(Published::took).toList());
    }

    /// One seed's replica, peers and schedule.
    private static final class World {
        private final SplittableRandom random;
        private final SyncBudget budget;
        private final SyncRig rig;
        private final FakeFetch fetch;
        private final RouteTable source;
        private final Map<String, Member> present = new HashMap<>();
        private final Map<String, Member> away = new HashMap<>();
        private final Map<RouteTable, DigestReconciler> pulls = new HashMap<>();
        private final List<Published> published = new ArrayList<>();

        World(long seed) {
            random = new SplittableRandom(seed);
            budget = switch (random.nextInt(4)) {
                case 0 -> Budgets.inFlight(1);
                case 1 -> Budgets.inFlight(3);
                case 2 -> Budgets.outbox(3);
                default -> Budgets.batches(2, 4_000);
            };
            rig = new SyncRig(seed, budget);
            fetch = new FakeFetch(rig.loop);
            source = new RouteTable(RouteTable.Limits.DEFAULT, AddressRanges.of(List.of("127.64.0.0/10")),
                    rig.loop::nanoTime);
            fetch.answer(SELF, source::routes, 7);
            rig.peers.onReconcile(
                    (peer, table) -> pulls.computeIfAbsent(table, made -> WholeLists.reconciler(made, fetch))
                            .reconcile(SELF));
        }

        void run(String as) {
            for (int peer = 1 + random.nextInt(5); peer > 0; peer--) {
                join(FakePeers.member(peer));
            }
            for (int step = 0; step < 50; step++) {
                step();
                rig.run(random.nextInt(4) == 0 ? random.nextInt(700) : random.nextInt(12));
                assertThat(rig.inFlight()).as(as).isBetween(0, budget.maxInFlight());
            }
            present.values().forEach(peer -> rig.peers.behave(peer, FakePeers.answer(2)));
            rig.run(10_000);
            assertThat(rig.inFlight()).as("%s: permits", as).isZero();
            assertThat(rig.gauge("sandgate.sync.outbox.routes")).as(as).isZero();
            assertThat(rig.gauge("sandgate.sync.slow.peers")).as(as).isZero();
            for (Published one : published) {
                assertThat(one.isAnswered()).as("%s: answered", as).isTrue();
                assertThat(one.took()).as(as).isLessThanOrEqualTo(budget.peerDeadline());
                assertThat(one.result().acknowledged()).as(as).isBetween(0, one.result().peers());
            }
            for (Member peer : present.values()) {
                assertThat(routes(rig.peers.table(peer))).as("%s: %s", as, peer.id()).isEqualTo(routes(source));
            }
        }

        private static Set<Route> routes(RouteTable table) {
            Set<Route> routes = new HashSet<>();
            table.routes().forEach(routes::add);
            return routes;
        }

        private void step() {
            switch (random.nextInt(12)) {
                case 0 -> anyPresent(peer -> {
                    present.remove(peer.id());
                    away.put(peer.id(), peer);
                    rig.sync.leave(peer);
                });
                case 1 -> any(away, this::join);
                case 2 -> anyPresent(peer -> {
                    rig.peers.restart(peer);
                    join(FakePeers.member(peer.id(), peer.incarnation() + 1));
                });
                case 3 -> any(away, peer -> {
                    rig.peers.restart(peer);
                    join(FakePeers.member(peer.id(), peer.incarnation() + 1));
                });
                case 4, 5, 6 -> anyPresent(peer -> rig.peers.behave(peer, behaviour()));
                default -> change();
            }
        }

        private void join(Member peer) {
            away.remove(peer.id());
            present.put(peer.id(), peer);
            rig.sync.join(peer);
        }

        private Behaviour behaviour() {
            return switch (random.nextInt(12)) {
                case 0 -> FakePeers.hang();
                case 1 -> FakePeers.hangDeaf();
                case 2 -> FakePeers.refuse();
                case 3 -> FakePeers.status(503);
                case 4 -> FakePeers.status(403);
                case 5 -> FakePeers.answer(random.nextInt(40, 260));
                case 6 -> FakePeers.answerDeaf(Duration.ofMillis(random.nextInt(100, 900)));
                case 7 -> FakePeers.loseReply().times(random.nextInt(1, 4), FakePeers.answer(2));
                case 8 -> FakePeers.fail(new ConnectException()).times(random.nextInt(1, 4), FakePeers.answer(2));
                case 9 -> request -> random.nextBoolean()
                        ? FakePeers.answer(random.nextInt(60)).to(request)
                        : FakePeers.loseReply().to(request);
                default -> FakePeers.answer(random.nextInt(1, 30));
            };
        }

        private void change() {
            for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
                String name = "r" + random.nextInt(8);
                RouteVersion version = source.nextVersion(key(name), SELF.id());
                Route route = new Route("default", name, name, "u", "", "127.77.0.1", "running", version, SELF.id(),
                        TrafficRules.OPEN,
                        null);
                if (source.get(key(name)) != null && random.nextInt(3) == 0) {
                    route = route.dead(version);
                }
                assertThat(source.apply(route).isApplied()).isTrue();
                published.add(rig.publish(route));
            }
        }

        private void anyPresent(Consumer<Member> action) {
            any(present, action);
        }

        private void any(Map<String, Member> members, Consumer<Member> action) {
            List<Member> sorted = members.values().stream().sorted((a, b) -> a.id().compareTo(b.id())).toList();
            if (!sorted.isEmpty()) {
                action.accept(sorted.get(random.nextInt(sorted.size())));
            }
        }
    }
}
