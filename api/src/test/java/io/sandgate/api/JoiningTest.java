package io.sandgate.api;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.HeartbeatListener;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberHealth;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.Membership;
import io.sandgate.membership.MembershipListener;
import io.sandgate.membership.Standing;
import io.sandgate.proxy.replicate.PeerSync;
import io.sandgate.proxy.replicate.PeerWatch;
import io.sandgate.proxy.replicate.SyncBudget;
import io.sandgate.proxy.replicate.VertxLoop;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import io.sandgate.proxy.route.TrafficRules;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class JoiningTest {
    private final Vertx vertx = Vertx.vertx();
    private final VertxLoop loop = new VertxLoop(vertx, vertx.getOrCreateContext());
    private final RouteTable table = new RouteTable(RouteTable.Limits.DEFAULT,
            AddressRanges.of(List.of("127.64.0.0/10")), System::nanoTime);
    private final Donors donors = new Donors();
    private final View view = new View(new CopyOnWriteArrayList<>(List.of(member("self", MemberState.JOINING))));

    @AfterEach
    void close() {
        vertx.close().await();
    }

    @Test
    void run_alone_isDoneAtOnce() {
        view.members.add(member("starting", MemberState.JOINING));

        CompletableFuture<Void> done = run();

        await().until(done::isDone);
        assertThat(donors.asked).hasValue(0);
    }

    @Test
    void run_donorThatFailsAtFirst_isAskedUntilItGivesItsList() {
        view.members.add(member("donor", MemberState.READY));
        donors.failures.set(2);

        CompletableFuture<Void> done = run();

        await().until(() -> donors.asked.get() == 1);
        assertThat(done).isNotDone();
        await().until(done::isDone);
        assertThat(done).isCompleted();
        assertThat(donors.asked).hasValue(3);
        assertThat(table.find("before")).isNotNull();
    }

    @Test
    void run_onlyDonorGone_isDone() {
        Member donor = member("donor", MemberState.READY);
        view.members.add(donor);
        donors.failures.set(Integer.MAX_VALUE);

        CompletableFuture<Void> done = run();
        await().until(() -> donors.asked.get() > 0);
        view.members.remove(donor);

        await().until(done::isDone);
        assertThat(done).isCompleted();
    }

    private CompletableFuture<Void> run() {
        PeerSync sync = new PeerSync(SyncBudget.DEFAULT,
                (peer, batch, reconcile, timeout) -> CompletableFuture.completedFuture(0), loop, new Random(1),
                new SimpleMeterRegistry());
        PeerWatch watch = new PeerWatch("self", sync, peer -> CompletableFuture.completedFuture(null), loop);
        return new Joining(view, watch, donors::give, loop).run().toCompletableFuture();
    }

    private static Member member(String id, MemberState state) {
        return new Member(id, 1, new Endpoint("127.0.0.1", 1), new Endpoint("127.0.0.1", 2), state);
    }

    /// Members that give what they have after a number of failures.
    private final class Donors {
        final AtomicInteger asked = new AtomicInteger();
        final AtomicInteger failures = new AtomicInteger();

        CompletionStage<Void> give(Member donor) {
            asked.incrementAndGet();
            if (failures.getAndDecrement() > 0) {
                return CompletableFuture.failedFuture(new IOException("no answer of " + donor.id()));
            }
            table.apply(new Route("team", "before", "before", "u", "", "127.64.1.1", "running", RouteVersion.of(0, 5),
                    "self", TrafficRules.OPEN, null));
            return CompletableFuture.completedFuture(null);
        }
    }

    /// A membership that is what the test says.
    private record View(List<Member> members) implements Membership {

        @Override
        public CompletionStage<Void> joined() {
            throw new UnsupportedOperationException();
        }

        @Override
        public String outsideBecause() {
            return "";
        }

        @Override
        public Member self() {
            return members.getFirst();
        }

        @Override
        public String view() {
            return "view";
        }

        @Override
        public Duration age(String id) {
            return Duration.ZERO;
        }

        @Override
        public MemberHealth health(String id) {
            return MemberHealth.ROUTABLE;
        }

        @Override
        public Optional<Member> lastKnown(String id) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int unannounced() {
            return 0;
        }

        @Override
        public void onChange(MembershipListener listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void onHeartbeat(HeartbeatListener listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void announce(MemberState state) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Standing standing() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void onFenced(Runnable listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void onReturned(Runnable listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void renew(long incarnation) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void reconciled() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
