package io.sandgate.proxy.replicate;

import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteResult.Reason;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

import static io.sandgate.proxy.route.Routes.key;
import static io.sandgate.proxy.route.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;

/// What a whole list means for the table, and when rounds run.
class WholeListTest {
    private final VirtualLoop loop = new VirtualLoop(1);
    private final FakeFetch fetch = new FakeFetch(loop);
    private final RouteTable table = new RouteTable(RouteTable.Limits.DEFAULT,
            AddressRanges.of(List.of("127.64.0.0/10")), loop::nanoTime);
    private final DigestReconciler pull = WholeLists.reconciler(table, fetch);
    private final Member peer = FakePeers.member(1);
    private final List<String> ended = new ArrayList<>();

    private static Route own(String name, long version) {
        return route(name, name, version, "p1");
    }

    private static Route foreign(String name, long version) {
        return route(name, name, version, "p2");
    }

    private void reconcile(String name, Member from) {
        CompletionStage<Void> done = pull.reconcile(from);
        done.whenComplete((ignored, error) -> ended
                .add(name + (error == null ? "" : " failed") + " " + loop.millis()));
    }

    private void run(long millis) {
        loop.run(Duration.ofMillis(millis));
    }

    @Test
    void list_isTakenAndWhatItLacksIsGone() {
        table.upsert(own("kept", 1));
        table.upsert(own("changed", 1));
        table.upsert(own("gone", 5));
        fetch.answer(peer, () -> List.of(own("kept", 1), own("changed", 2), own("new", 1)), 10);
        reconcile("a", peer);
        run(20);
        assertThat(ended).containsExactly("a 10");
        assertThat(table.routes()).containsExactlyInAnyOrder(own("kept", 1), own("changed", 2), own("new", 1));
        assertThat(table.upsert(own("gone", 5)).reason()).as("fenced").isEqualTo(Reason.STALE_RESOURCE_VERSION);
        assertThat(table.upsert(own("gone", 6)).isApplied()).isTrue();
    }

    @Test
    void routesOfOthers_areNeitherTakenNorDeleted() {
        table.upsert(foreign("theirs", 1));
        table.upsert(route("external", "external", 1, ""));
        fetch.answer(peer, () -> List.of(foreign("lie", 1), foreign("theirs", 9), own("mine", 1)), 10);
        reconcile("a", peer);
        run(20);
        assertThat(table.routes()).containsExactlyInAnyOrder(foreign("theirs", 1), route("external", "external", 1, ""),
                own("mine", 1));
    }

    @Test
    void snapshotOfAWatchedSystem_isTakenAndWhatItLacksIsGone() {
        table.upsert(route("kept", "kept", 1, ""));
        table.upsert(route("gone", "gone", 5, ""));
        table.upsert(own("of a replica", 5));
        CompletableFuture<Void> read = new CompletableFuture<>();
        CompletionStage<Void> done = pull.reconcile("", each -> {
            each.accept(route("kept", "kept", 2, ""));
            each.accept(route("new", "new", 1, ""));
            each.accept(foreign("lie", 1));
            return read;
        });
        table.upsert(route("watched meanwhile", "watched meanwhile", 1, ""));
        assertThat(table.find("gone")).as("before the end of the list").isNotNull();
        read.complete(null);
        assertThat(done).isCompleted();
        assertThat(table.routes()).extracting(Route::name).containsExactlyInAnyOrder("kept", "new", "of a replica",
                "watched meanwhile");
        assertThat(table.upsert(route("gone", "gone", 4, "")).isApplied()).as("fenced").isFalse();
    }

    @Test
    void snapshotThatIsCutShort_deletesNothing() {
        table.upsert(route("kept", "kept", 5, ""));
        CompletionStage<Void> done = pull.reconcile("",
                each -> CompletableFuture.failedFuture(new IOException("the watch broke off")));
        assertThat(done).isCompletedExceptionally();
        assertThat(table.find("kept")).isNotNull();
    }

    @Test
    void pushDuringThePull_survives() {
        table.upsert(own("updated", 1));
        fetch.answer(peer, () -> List.of(), 10);
        reconcile("a", peer);
        run(5);
        table.upsert(own("created", 1));
        table.upsert(own("updated", 2));
        run(10);
        assertThat(ended).containsExactly("a 10");
        assertThat(table.routes()).containsExactlyInAnyOrder(own("created", 1), own("updated", 2));
    }

    @Test
    void deletionPushedDuringThePull_isNotUndoneByTheOlderList() {
        table.upsert(own("a", 1));
        fetch.answer(peer, () -> List.of(own("a", 1)), 10);
        reconcile("a", peer);
        run(1);
        table.delete(key("a"), RouteVersion.of(2), "p1");
        run(20);
        assertThat(table.size()).isZero();
    }

    @Test
    void takeoverDuringThePull_survives() {
        table.upsert(own("a", 1));
        fetch.answer(peer, () -> List.of(), 10);
        reconcile("a", peer);
        run(5);
        Route taken = foreign("a", RouteVersion.of(1, 1).longValue());
        table.upsert(taken);
        run(20);
        assertThat(table.routes()).containsExactly(taken);
    }

    @Test
    void listThatFails_deletesNothingAndKeepsWhatItGave() {
        table.upsert(own("a", 1));
        fetch.fail(peer, List.of(own("b", 1)), 10, new IOException("cut"));
        reconcile("a", peer);
        run(20);
        assertThat(ended).containsExactly("a failed 10");
        assertThat(table.routes()).containsExactlyInAnyOrder(own("a", 1), own("b", 1));
        fetch.answer(peer, () -> List.of(own("b", 1)), 10);
        reconcile("b", peer);
        run(20);
        assertThat(table.routes()).containsExactly(own("b", 1));
    }

    @Test
    void listThatCannotBeAskedFor_failsAndBlocksNoLaterRound() {
        reconcile("a", peer);
        assertThat(ended).containsExactly("a failed 0");
        fetch.answer(peer, () -> List.of(own("b", 1)), 10);
        reconcile("b", peer);
        run(20);
        assertThat(ended).containsExactly("a failed 0", "b 10");
        assertThat(table.size()).isOne();
    }

    @Test
    void callsDuringARound_areAnsweredByOneRoundAfterIt() {
        fetch.answer(peer, () -> List.of(), 10);
        reconcile("a", peer);
        run(3);
        reconcile("b", peer);
        reconcile("c", peer);
        run(30);
        assertThat(ended).containsExactlyInAnyOrder("a 10", "b 20", "c 20");
        assertThat(fetch.lists()).hasSize(2);
    }

    @Test
    void roundAfterAFailedOne_stillRuns() {
        fetch.fail(peer, List.of(), 10, new IOException("cut"));
        reconcile("a", peer);
        run(3);
        reconcile("b", peer);
        fetch.answer(peer, () -> List.of(own("x", 1)), 10);
        run(30);
        assertThat(ended).containsExactly("a failed 10", "b 20");
        assertThat(table.size()).isOne();
    }

    @Test
    void roundForAPeerThatMovedMeanwhile_asksItsNewAddress() {
        Member restarted = new Member("p1", 2, new Endpoint("elsewhere.test", 7789), peer.publicEndpoint(),
                peer.state());
        fetch.answer(peer, () -> List.of(), 10);
        fetch.answer(restarted, () -> List.of(own("x", 1)), 10);
        reconcile("a", peer);
        reconcile("b", restarted);
        run(30);
        assertThat(fetch.lists()).containsExactly(peer.peer(), restarted.peer());
        assertThat(table.size()).isOne();
    }

    @Test
    void roundsOfDifferentPeers_runAtTheSameTime() {
        Member other = FakePeers.member(2);
        fetch.answer(peer, () -> List.of(own("a", 1)), 10);
        fetch.answer(other, () -> List.of(foreign("b", 1)), 10);
        reconcile("a", peer);
        reconcile("b", other);
        run(11);
        assertThat(ended).containsExactlyInAnyOrder("a 10", "b 10");
        assertThat(table.size()).isEqualTo(2);
    }
}
