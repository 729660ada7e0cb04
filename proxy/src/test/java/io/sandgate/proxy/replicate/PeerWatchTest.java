package io.sandgate.proxy.replicate;

import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.MembershipChange.Joined;
import io.sandgate.membership.MembershipChange.Left;
import io.sandgate.membership.MembershipChange.Merged;
import io.sandgate.membership.MembershipChange.Updated;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.RouteTable;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

import static io.sandgate.proxy.route.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;

class PeerWatchTest {
    private final SyncRig rig = new SyncRig(1);
    private final FakeFetch fetch = new FakeFetch(rig.loop);
    private final RouteTable table = new RouteTable(RouteTable.Limits.DEFAULT,
            AddressRanges.of(List.of("127.64.0.0/10")), rig.loop::nanoTime);
    private final PeerWatch watch = new PeerWatch("self", rig.sync, WholeLists.reconciler(table, fetch), rig.loop);
    private final Member ready = FakePeers.member(1);
    private final Member joining = ready.in(MemberState.JOINING);

    PeerWatchTest() {
        fetch.answer(ready, () -> List.of(route("a", "a", 1, "p1")), 10);
    }

    private int lists() {
        return fetch.lists().size();
    }

    @Test
    void readyMember_isFetchedFromAndSentTo() {
        watch.changed(new Joined(ready));
        rig.run(50);
        assertThat(table.find("a")).isNotNull();
        assertThat(lists()).isOne();
        assertThat(rig.await(route("x", "x", 1, "self")).result()).isEqualTo(new SyncResult(1, 1, 1));
    }

    @Test
    void joiningMember_isSentToAndFetchedFromOnceItIsReady() {
        watch.changed(new Joined(joining));
        rig.run(50);
        assertThat(lists()).isZero();
        assertThat(rig.await(route("x", "x", 1, "self")).result().peers()).isOne();
        watch.changed(new Updated(ready));
        rig.run(50);
        assertThat(lists()).isOne();
        watch.changed(new Updated(ready.in(MemberState.DRAINING)));
        rig.run(50);
        assertThat(lists()).isOne();
    }

    @Test
    void thisReplica_isNoPeer() {
        watch.changed(new Joined(FakePeers.member("self", 1)));
        rig.run(50);
        assertThat(lists()).isZero();
        assertThat(rig.await(route("x", "x", 1, "self")).result().peers()).isZero();
    }

    @Test
    void merge_fetchesAgain() {
        watch.changed(new Joined(ready));
        rig.run(50);
        watch.changed(new Merged(ready));
        rig.run(50);
        assertThat(lists()).isEqualTo(2);
    }

    @Test
    void memberThatSaysThatWeMissedSomething_isFetchedFromIfItIsThere() {
        watch.fetchFrom("p1");
        rig.run(50);
        assertThat(lists()).isZero();
        watch.changed(new Joined(ready));
        rig.run(50);
        watch.fetchFrom("p1");
        rig.run(50);
        assertThat(lists()).isEqualTo(2);
    }

    @Test
    void fetchThatFails_isRepeatedEachSecondUntilItSucceeds() {
        fetch.fail(ready, List.of(), 10, new IOException("cut"));
        watch.changed(new Joined(ready));
        rig.run(5_000);
        assertThat(lists()).isEqualTo(5);
        fetch.answer(ready, () -> List.of(route("a", "a", 1, "p1")), 10);
        rig.run(1_500);
        assertThat(table.find("a")).isNotNull();
        assertThat(lists()).isEqualTo(6);
        rig.run(5_000);
        assertThat(lists()).isEqualTo(6);
    }

    @Test
    void wishesDuringAFailingFetch_doNotMultiplyItsRepetitions() {
        fetch.fail(ready, List.of(), 10, new IOException("cut"));
        watch.changed(new Joined(ready));
        for (int wish = 0; wish < 50; wish++) {
            watch.fetchFrom("p1");
            rig.run(1);
        }
        int before = lists();
        rig.run(10_000);
        assertThat(lists() - before).isBetween(9, 11);
    }

    @Test
    void wishDuringAFetch_isGrantedByARoundAfterItAlsoIfThatFailsAtFirst() {
        watch.changed(new Joined(ready));
        rig.run(5);
        watch.fetchFrom("p1");
        fetch.fail(ready, List.of(), 10, new IOException("cut"));
        rig.run(100);
        fetch.answer(ready, () -> List.of(route("a", "a", 1, "p1"), route("b", "b", 1, "p1")), 10);
        rig.run(2_000);
        assertThat(table.find("b")).isNotNull();
    }

    @Test
    void caughtUp_isWhenEverythingHasBeenFetched() {
        watch.changed(new Joined(ready));
        var done = new boolean[1];
        watch.caughtUp().thenRun(() -> done[0] = true);
        rig.run(9);
        assertThat(done[0]).isFalse();
        watch.fetchFrom("p1");
        rig.run(8);
        assertThat(done[0]).as("the round after the wish is still to come").isFalse();
        rig.run(10);
        assertThat(done[0]).isTrue();
    }

    @Test
    void caughtUp_doesNotWaitForAMemberThatLeft() {
        fetch.fail(ready, List.of(), 10, new IOException("cut"));
        watch.changed(new Joined(ready));
        var done = new boolean[1];
        watch.caughtUp().thenRun(() -> done[0] = true);
        rig.run(2_000);
        assertThat(done[0]).isFalse();
        watch.changed(new Left(ready));
        rig.run(0);
        assertThat(done[0]).isTrue();
        rig.run(5_000);
        int lists = lists();
        rig.run(5_000);
        assertThat(lists()).isEqualTo(lists);
    }

    @Test
    void memberThatCameBack_isFetchedFromAtItsNewLife() {
        fetch.fail(ready, List.of(), 700, new IOException("cut"));
        watch.changed(new Joined(ready));
        rig.run(100);
        watch.changed(new Left(ready));
        fetch.answer(ready, () -> List.of(route("a", "a", 1, "p1")), 10);
        watch.changed(new Joined(FakePeers.member("p1", 2)));
        rig.run(2_000);
        assertThat(table.find("a")).isNotNull();
    }
}
