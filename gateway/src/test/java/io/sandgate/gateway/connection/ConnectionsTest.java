package io.sandgate.gateway.connection;

import io.sandgate.gateway.connection.Outcome.Delivered;
import io.sandgate.gateway.connection.Outcome.Offline;
import io.sandgate.gateway.connection.Outcome.Refused;
import io.sandgate.gateway.connection.Outcome.Retry;
import io.sandgate.gateway.connection.PeerAnswer.Counts;
import io.sandgate.gateway.connection.PeerAnswer.Done;
import io.sandgate.gateway.connection.PeerAnswer.Gone;
import io.sandgate.gateway.connection.PeerAnswer.TooManyRooms;
import io.sandgate.proxy.route.RouteVersion;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What is sent, and what becomes of it.
class ConnectionsTest {
    private static final ClientKey KEY = new ClientKey("a", "u1");
    /// Of many, how many are served in one task at most.
    private static final int MOST_AT_ONCE = 1_000;

    private final SimCluster cluster = new SimCluster(1, 3);
    private final SimReplica ra = cluster.at(0);
    private final SimReplica rb = cluster.at(1);

    private void pass(long millis) {
        cluster.loop.run(Duration.ofMillis(millis));
    }

    private @Nullable Outcome outcome(CompletionStage<Outcome> stage, long millis) {
        AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();
        stage.thenAccept(outcome::set);
        pass(millis);
        return outcome.get();
    }

    private double count(SimReplica replica, String name) {
        return replica.meters.counter("sandgate.connections." + name).count();
    }

    /// What is answered at once.
    private static @Nullable List<PeerAnswer> answers(SimReplica replica, PeerRequest... requests) {
        AtomicReference<@Nullable List<PeerAnswer>> answers = new AtomicReference<>();
        replica.connections.answer(List.of(requests), () -> true).thenAccept(answers::set);
        return answers.get();
    }

    private static MessageId id(long seed) {
        return MessageId.random(new Random(seed));
    }

    /// Many clients of one replica in a room.
    private List<FakeSocket> crowd(SimReplica replica, int count) {
        List<FakeSocket> crowd = IntStream.range(0, count).mapToObj(i -> replica.connect(new ClientKey("a", "m" + i)))
                .toList();
        crowd.forEach(member -> member.held().join("red"));
        pass(100);
        return crowd;
    }

    private static int frames(List<FakeSocket> sockets) {
        return sockets.stream().mapToInt(socket -> socket.frames.size()).sum();
    }

    @Test
    void send_fromAnotherReplica_isDeliveredOnce() {
        FakeSocket socket = ra.connect(KEY);
        pass(100);
        Outcome outcome = outcome(rb.connections.send(KEY, "{\"x\":1}"), 200);
        assertThat(outcome).isInstanceOfSatisfying(Delivered.class, done -> {
            assertThat(done.connection()).isEqualTo(socket.held().connectionId());
            assertThat(done.replica()).isEqualTo("ra");
            assertThat(socket.frames)
                    .containsExactly("{\"type\":\"message\",\"id\":\"" + done.id() + "\",\"data\":{\"x\":1}}");
        });
        assertThat(rb.meters.counter("sandgate.connections.messages", "result", "delivered").count()).isEqualTo(1);
    }

    @Test
    void send_beforeTheRowArrived_asksThePeers() {
        FakeSocket socket = ra.connect(KEY);
        assertThat(outcome(rb.connections.send(KEY, "1"), 200)).isInstanceOf(Delivered.class);
        assertThat(socket.frames).hasSize(1);
    }

    @Test
    void send_toNobody_isOffline() {
        assertThat(outcome(ra.connections.send(KEY, "1"), 200)).isEqualTo(new Offline());
        assertThat(outcome(ra.connections.send("a", "0".repeat(32), "1"), 200)).isEqualTo(new Offline());
        assertThat(count(ra, "dropped")).isEqualTo(1);
    }

    @Test
    void sendToAConnection_ofAnotherTeam_isOffline() {
        FakeSocket socket = ra.connect(KEY);
        pass(100);
        assertThat(outcome(rb.connections.send("b", socket.held().connectionId(), "1"), 200)).isEqualTo(new Offline());
        assertThat(outcome(rb.connections.send("a", socket.held().connectionId(), "1"), 200))
                .isInstanceOf(Delivered.class);
        assertThat(socket.frames).hasSize(1);
    }

    @Test
    void sendToAnOldConnection_isOfflineAndTheNewOneGetsNothing() {
        FakeSocket old = ra.connect(KEY);
        pass(100);
        FakeSocket newer = ra.connect(KEY);
        // the newer row has not arrived yet
        assertThat(outcome(rb.connections.send("a", old.held().connectionId(), "1"), 200)).isEqualTo(new Offline());
        assertThat(old.frames).isEmpty();
        assertThat(newer.frames).isEmpty();
        assertThat(old.closedWith).isEqualTo(4010);
        assertThat(count(ra, "dropped")).isEqualTo(1);
        assertThat(rb.connections.find(KEY)).isEqualTo(ra.connections.find(KEY)).isPresent();
        assertThat(count(rb, "marked")).as("nothing newer is marked").isZero();
    }

    @Test
    void sendToAClient_thatReconnectedAtItsReplica_followsIt() {
        ra.connect(KEY);
        pass(100);
        FakeSocket newer = ra.connect(KEY);
        cluster.loss = 0;
        assertThat(outcome(rb.connections.send(KEY, "1"), 200)).isInstanceOf(Delivered.class);
        assertThat(newer.frames).hasSize(1);
    }

    @Test
    void send_toOneWhoReadsTooSlowly_isToBeRetried() {
        FakeSocket socket = ra.connect(KEY);
        socket.room = 0;
        pass(100);
        assertThat(outcome(rb.connections.send(KEY, "1"), 200)).isInstanceOf(Retry.class);
        assertThat(outcome(ra.connections.send(KEY, "1"), 200)).isInstanceOf(Retry.class);
    }

    @Test
    void send_whenTheReplicaIsSilent_isToBeRetriedAndWhenItLeftOffline() {
        ra.connect(KEY);
        pass(100);
        ra.away(SimReplica.Status.PAUSED);
        assertThat(outcome(rb.connections.send(KEY, "1"), 100)).isInstanceOf(Retry.class);
        pass(1_200);
        assertThat(outcome(rb.connections.send(KEY, "1"), 0)).isEqualTo(new Offline());
        assertThat(rb.connections.find(KEY)).isEmpty();
        assertThat(count(rb, "marked")).isEqualTo(1);
        pass(100);
        assertThat(cluster.at(2).connections.find(KEY)).as("told to the peers").isEmpty();
    }

    @Test
    void send_whenTheReplicaWasRestarted_isOfflineAtOnce() {
        ra.connect(KEY);
        pass(100);
        ra.kill();
        ra.start();
        assertThat(outcome(rb.connections.send(KEY, "1"), 0)).isEqualTo(new Offline());
    }

    @Test
    void send_whoseAnswersAreLost_isDeliveredOnceInTime() {
        FakeSocket socket = ra.connect(KEY);
        pass(100);
        cluster.loss = 0.6;
        for (int i = 0; i < 30; i++) {
            rb.connections.send(KEY, Integer.toString(i));
            pass(100);
        }
        pass(3_000);
        assertThat(socket.frames).doesNotHaveDuplicates().isNotEmpty();
        assertThat(count(ra, "repeated")).isPositive();
    }

    @Test
    void send_thatIsNeverAnswered_isToBeRetriedAfterTheDeadline() {
        ra.connect(KEY);
        pass(100);
        cluster.loss = 1;
        CompletionStage<Outcome> sent = rb.connections.send(KEY, "1");
        assertThat(outcome(sent, 1_500)).isNull();
        assertThat(outcome(sent, 1_500)).isInstanceOf(Retry.class);
    }

    @Test
    void outbox_thatIsFull_refuses() {
        ra.connect(KEY);
        pass(100);
        cluster.loss = 1;
        int most = ConnectionSettings.DEFAULT.outboxMessages() + ConnectionSettings.DEFAULT.batchMessages();
        List<CompletionStage<Outcome>> sent = IntStream.range(0, most + 1)
                .mapToObj(i -> rb.connections.send(KEY, "1")).toList();
        assertThat(outcome(sent.getLast(), 10)).isInstanceOfSatisfying(Retry.class,
                retry -> assertThat(retry.why()).contains("too much waits"));
        assertThat(outcome(sent.getFirst(), 0)).isNull();
        pass(4_000);
        assertThat(outcome(sent.getFirst(), 0)).isInstanceOf(Retry.class);
    }

    @Test
    void rooms_areJoinedFromAnyReplicaAndKnownOnAll() {
        FakeSocket socket = ra.connect(KEY);
        pass(100);
        assertThat(outcome(rb.connections.join(KEY, "red"), 200)).isInstanceOf(Delivered.class);
        assertThat(cluster.at(2).connections.room("a", "red")).containsExactly("u1");
        assertThat(cluster.at(2).connections.room("b", "red")).isEmpty();
        assertThat(outcome(rb.connections.leave(KEY, "red"), 200)).isInstanceOf(Delivered.class);
        assertThat(cluster.at(2).connections.room("a", "red")).isEmpty();
        assertThat(socket.frames).isEmpty();
        assertThat(socket.told).containsExactly("{\"type\":\"joined\",\"room\":\"red\"}",
                "{\"type\":\"left\",\"room\":\"red\"}");
    }

    @Test
    void rooms_moreThanOneMayBeIn_areRefused() {
        Held held = ra.connect(KEY).held();
        for (int i = 0; i < 64; i++) {
            assertThat(held.join("r" + i)).isEqualTo(Held.Joining.JOINED);
        }
        assertThat(held.join("r1")).isEqualTo(Held.Joining.JOINED);
        assertThat(held.join("one-more")).isEqualTo(Held.Joining.TOO_MANY);
        pass(100);
        assertThat(outcome(rb.connections.join(KEY, "one-more"), 200)).isInstanceOf(Refused.class);
        held.closed();
        assertThat(held.join("r1")).isEqualTo(Held.Joining.CLOSED);
    }

    @Test
    void broadcast_reachesTheRoomOnAllReplicasAndCounts() {
        FakeSocket here = ra.connect(KEY);
        here.held().join("red");
        FakeSocket there = rb.connect(new ClientKey("a", "u2"));
        there.held().join("red");
        FakeSocket full = rb.connect(new ClientKey("a", "u3"));
        full.held().join("red");
        full.room = 0;
        FakeSocket other = rb.connect(new ClientKey("b", "u2"));
        other.held().join("red");
        SimReplica rc = cluster.at(2);
        rc.connect(new ClientKey("a", "u4")).held().join("red");
        pass(100);
        rc.kill();
        pass(1_500);
        AtomicReference<@Nullable RoomOutcome> outcome = new AtomicReference<>();
        ra.connections.broadcast("a", "red", "1").thenAccept(outcome::set);
        pass(200);
        assertThat(outcome.get()).extracting("delivered", "offline", "retry").containsExactly(2, 1, 1);
        assertThat(here.frames).hasSize(1).first().asString().contains("\"room\":\"red\"");
        assertThat(there.frames).hasSize(1);
        assertThat(other.frames).isEmpty();
    }

    @Test
    void broadcast_toOneWhoMovedInsideTheRoom_countsItOnceWhereItIs() {
        ra.connections.open(KEY, Set.of("red"), new FakeSocket());
        pass(100);
        FakeSocket moved = new FakeSocket();
        moved.opened(rb.connections.open(KEY, Set.of("red"), moved));
        pass(100);
        AtomicReference<@Nullable RoomOutcome> outcome = new AtomicReference<>();
        cluster.at(2).connections.broadcast("a", "red", "1").thenAccept(outcome::set);
        pass(200);
        assertThat(outcome.get()).extracting("delivered", "offline", "retry").containsExactly(1, 0, 0);
        assertThat(moved.frames).hasSize(1);
        assertThat(ra.connections.room("a", "red")).containsExactly("u1");
        moved.held().closed();
        pass(100);
        assertThat(ra.connections.room("a", "red")).isEmpty();
    }

    @Test
    void broadcast_toALargeRoomHere_leavesTheThreadInBetween() {
        List<FakeSocket> crowd = crowd(ra, 2_000);
        AtomicReference<@Nullable RoomOutcome> outcome = new AtomicReference<>();
        ra.connections.broadcast("a", "red", "1").thenAccept(outcome::set);
        assertThat(frames(crowd)).isPositive().isLessThan(MOST_AT_ONCE);
        pass(100);
        assertThat(outcome.get()).extracting("delivered", "offline", "retry").containsExactly(2_000, 0, 0);
        assertThat(crowd).allSatisfy(member -> assertThat(member.frames).hasSize(1));
    }

    @Test
    void broadcast_toALargeRoomOfAReplicaThatIsGone_clearsItsRowsInParts() {
        crowd(ra, 2_000);
        pass(1_000);
        ra.kill();
        pass(1_500);
        AtomicReference<@Nullable RoomOutcome> outcome = new AtomicReference<>();
        rb.connections.broadcast("a", "red", "1").thenAccept(outcome::set);
        assertThat(count(rb, "marked")).isPositive().isLessThan(MOST_AT_ONCE);
        // who connects to it in its next life is not among those who are gone
        rb.table.upsert(new ClientRow(new ClientKey("a", "next"), "c", "ra", 2, 1, List.of("red"))
                .at(RouteVersion.of(0, 1)));
        pass(100);
        assertThat(outcome.get()).extracting("delivered", "offline", "retry").containsExactly(0, 2_000, 0);
        assertThat(rb.connections.list("a", null, 10)).extracting(view -> view.key().client()).containsExactly("next");
    }

    @Test
    void answer_toBroadcastsToALargeRoom_leavesTheLoopInBetweenAndKeepsTheOrder() {
        List<FakeSocket> crowd = crowd(ra, 2_000);
        FakeSocket last = crowd.getLast();
        FakeSocket other = ra.connect(new ClientKey("a", "other"));
        AtomicReference<@Nullable List<PeerAnswer>> answered = new AtomicReference<>();
        ra.connections.answer(List.of(new PeerRequest.Broadcast(id(1), "a", "red", "1"),
                new PeerRequest.Broadcast(id(2), "a", "red", "2"),
                new PeerRequest.Deliver(id(3), new ClientKey("a", "m1999"), last.held().connectionId(), "3")),
                () -> true).thenAccept(answered::set);
        int before = 0;
        for (int parts = 0; answered.get() == null; parts++) {
            assertThat(frames(crowd)).isBetween(before, before + MOST_AT_ONCE);
            assertThat(answers(ra, new PeerRequest.Deliver(id(100 + parts), new ClientKey("a", "other"),
                    other.held().connectionId(), "x"))).containsExactly(new Done());
            before = frames(crowd);
            pass(1);
        }
        assertThat(answered.get()).containsExactly(new Counts(2_000, 0), new Counts(2_000, 0), new Done());
        assertThat(crowd).allSatisfy(member -> assertThat(member.frames).startsWith("1", "2"));
        assertThat(last.frames).containsExactly("1", "2", "3");
        assertThat(other.frames).hasSizeGreaterThan(2);
    }

    @Test
    void answer_thatIsNotAwaitedAnyMore_leavesTheRestToTheNextAttempt() {
        List<FakeSocket> crowd = crowd(ra, 2_000);
        AtomicBoolean awaited = new AtomicBoolean(true);
        PeerRequest.Broadcast broadcast = new PeerRequest.Broadcast(id(1), "a", "red", "1");
        ra.connections.answer(List.of(broadcast), awaited::get);
        awaited.set(false);
        pass(100);
        assertThat(frames(crowd)).isPositive().isLessThan(MOST_AT_ONCE);
        ra.connections.answer(List.of(broadcast), () -> true);
        pass(100);
        assertThat(crowd).allSatisfy(member -> assertThat(member.frames).hasSize(1));
    }

    @Test
    void newerConnection_isSaidAsThatAndLeavesItsRooms() {
        ra.connect(KEY).held().join("red");
        pass(100);
        FakeSocket newer = rb.connect(KEY);
        pass(100);
        assertThat(cluster.at(2).events).extracting("kind").containsExactly("client.connected", "room.joined",
                "client.connected", "room.left");
        newer.held().closed();
        pass(100);
        assertThat(cluster.at(2).events).extracting("kind").endsWith("client.disconnected");
        assertThat(cluster.at(2).told()).isEmpty();
    }

    @Test
    void drain_withdrawsEverythingAndRefusesWhoComes() {
        List<FakeSocket> sockets = IntStream.range(0, 500).mapToObj(i -> ra.connect(new ClientKey("a", "u" + i)))
                .toList();
        pass(1_000);
        assertThat(rb.connections.list("a", null, 1_000)).hasSize(500);
        CompletionStage<Void> drained = ra.connections.drain(Duration.ofSeconds(1));
        assertThat(drained).isCompleted();
        pass(100);
        assertThat(rb.connections.list("a", null, 1_000)).isEmpty();
        assertThat(sockets).extracting("closedWith").containsOnly(1001);
        assertThat(ra.connections.open(KEY, Set.of(), new FakeSocket())).isInstanceOf(Opening.Refused.class);
        sockets.forEach(socket -> socket.held().closed());
        pass(1_000);
        assertThat(ra.all()).isEmpty();
    }

    @Test
    void list_isByTeamAndPaged() {
        for (String client : List.of("b", "-a", "~c", "B")) {
            ra.connect(new ClientKey("t", client));
        }
        ra.connect(new ClientKey("s", "x"));
        ra.connect(new ClientKey("u", "x"));
        assertThat(ra.connections.list("t", null, 3)).extracting(view -> view.key().client()).containsExactly("-a",
                "B", "b");
        assertThat(ra.connections.list("t", "b", 3)).extracting(view -> view.key().client()).containsExactly("~c");
        assertThat(ra.connections.list("r", null, 3)).isEmpty();
    }

    @Test
    void answer_toARepeatedRequest_isTheSameAndNothingIsDeliveredTwice() {
        FakeSocket socket = ra.connect(KEY);
        PeerRequest.Deliver deliver = new PeerRequest.Deliver(MessageId.random(new Random(1)), KEY,
                socket.held().connectionId(), "x");
        assertThat(answers(ra, deliver, deliver)).containsExactly(new Done(), new Done());
        assertThat(socket.frames).containsExactly("x");
        socket.held().closed();
        assertThat(answers(ra, deliver)).singleElement().isInstanceOf(Gone.class);
    }

    @Test
    void answer_toARepeatedJoinThatWasRefused_isTheSame() {
        FakeSocket socket = ra.connect(KEY);
        for (int i = 0; i < 64; i++) {
            socket.held().join("r" + i);
        }
        PeerRequest.Join join = new PeerRequest.Join(id(1), KEY, socket.held().connectionId(), "one-more");
        assertThat(answers(ra, join)).containsExactly(new TooManyRooms());
        socket.held().leave("r1");
        assertThat(answers(ra, join)).containsExactly(new TooManyRooms());
        assertThat(ra.connections.room("a", "one-more")).isEmpty();
        assertThat(count(ra, "repeated")).isEqualTo(1);
    }

    @Test
    void answer_toARepeatedJoin_isTheSameAndPutsNobodyBackWhoLeft() {
        FakeSocket socket = ra.connect(KEY);
        PeerRequest.Join join = new PeerRequest.Join(id(1), KEY, socket.held().connectionId(), "red");
        assertThat(answers(ra, join)).containsExactly(new Done());
        socket.held().leave("red");
        assertThat(answers(ra, join)).containsExactly(new Done());
        assertThat(ra.connections.room("a", "red")).isEmpty();
    }

    @Test
    void assertAnew_howeverManyAskAtOnce_isDoneOnceAndOnceMore() {
        ra.connect(KEY);
        pass(100);
        long before = ra.all().getFirst().version().longValue();
        for (int i = 0; i < 10; i++) {
            ra.connections.assertAnew();
        }
        pass(1_000);
        assertThat(ra.all().getFirst().version().longValue()).isEqualTo(before + 2);
        ra.connections.assertAnew();
        pass(1_000);
        assertThat(ra.all().getFirst().version().longValue()).isEqualTo(before + 3);
        assertThat(rb.all()).isEqualTo(ra.all());
    }

    @Test
    void answer_toARequestForAnotherTeamsConnection_isGone() {
        FakeSocket socket = ra.connect(KEY);
        PeerRequest.Deliver deliver = new PeerRequest.Deliver(MessageId.random(new Random(1)), new ClientKey("b", "u1"),
                socket.held().connectionId(), "x");
        assertThat(answers(ra, deliver)).containsExactly(new Gone(null));
        assertThat(socket.frames).isEmpty();
    }

    @Test
    void clearedRow_isNotWrittenAgainBeforeTheReplicaHasHeardWhatItMissed() {
        ra.connect(KEY);
        pass(100);
        ra.away(SimReplica.Status.CUT_OFF);
        ra.table.takeAndDelete(ra.all().getFirst(), "rb");
        pass(1_000);
        assertThat(ra.connections.find(KEY)).isEmpty();
        ra.comeBack();
        pass(3_000);
        assertThat(ra.connections.find(KEY)).isPresent();
        assertThat(rb.connections.find(KEY)).isEqualTo(ra.connections.find(KEY));
    }

    @Test
    void recentIds_keepTheNewest() {
        RecentIds recent = new RecentIds();
        for (long id = 0; id < 2_000; id++) {
            assertThat(recent.contains(id)).isFalse();
            recent.add(id);
            for (long back = Math.max(0, id - RecentIds.MOST / 2); back <= id; back++) {
                assertThat(recent.contains(back)).isTrue();
            }
        }
        assertThat(recent.contains(0)).isFalse();
    }
}
