package io.sandgate.e2e.upstream;

import io.sandgate.e2e.upstream.Fault.AskHeartbeat;
import io.sandgate.e2e.upstream.Fault.Backwards;
import io.sandgate.e2e.upstream.Fault.Close;
import io.sandgate.e2e.upstream.Fault.Drop;
import io.sandgate.e2e.upstream.Fault.InvalidSession;
import io.sandgate.e2e.upstream.Fault.NotJson;
import io.sandgate.e2e.upstream.Fault.Reconnect;
import io.sandgate.e2e.upstream.Fault.UnknownOpcode;
import io.sandgate.e2e.upstream.Fault.Zombie;
import io.sandgate.e2e.upstream.Observed.Injected;
import io.sandgate.e2e.upstream.Observed.Side;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class FakeUpstreamFaultsTest {
    private static final Shard SHARD = new Shard(0, 16);

    private final UpstreamWorld world = new UpstreamWorld(UpstreamWorld.wide());
    private final FakeUpstream upstream = world.upstream;

    @AfterEach
    void end() {
        world.close();
    }

    private ShardClient live() {
        ShardClient client = world.connect();
        client.ready(0, 16);
        return client;
    }

    private String session() {
        return upstream.sessions().getFirst().id();
    }

    @ParameterizedTest
    @CsvSource({"4000, true", "4008, true", "1000, true", "4009, false", "4007, false", "4004, false"})
    void close_withCode_leavesTheSessionOrEndsIt(int code, boolean resumable) {
        ShardClient client = live();

        assertThat(upstream.inject(new Close(code), SHARD)).isEqualTo(1);

        assertThat(client.closeCode()).isEqualTo(code);
        assertThat(upstream.liveSessions()).hasSize(resumable ? 1 : 0);
        assertThat(upstream.seen().closes()).singleElement()
                .satisfies(close -> assertThat(close.by()).isEqualTo(Side.UPSTREAM));
        assertThat(world.offences()).isEmpty();
    }

    @Test
    void drop_ofOneSession_hasNoCodeAndLeavesOthers() {
        ShardClient client = live();
        ShardClient other = world.connect();
        other.ready(1, 16);
        String id = session();

        upstream.inject(new Drop(), session -> session.id().equals(id));

        assertThat(client.closeCode()).isEqualTo(-1);
        other.heartbeat("1").next(11);
        assertThat(upstream.liveSessions()).hasSize(2);
    }

    @Test
    void inject_toAll_reachesThoseWithoutASession() {
        ShardClient client = world.connect();
        client.next(10);

        assertThat(upstream.inject(new Drop())).isEqualTo(1);
        assertThat(client.closeCode()).isEqualTo(-1);
    }

    @Test
    void frames_onDemand_areSent() {
        ShardClient client = live();
        upstream.inject(new Reconnect(), SHARD);
        upstream.inject(new AskHeartbeat(), SHARD);
        upstream.inject(new UnknownOpcode(), SHARD);
        upstream.inject(new Backwards(), SHARD);
        upstream.inject(new NotJson(), SHARD);

        client.next(7);
        client.next(1);
        client.next(99);
        assertThat(client.event("READY").getInteger("s")).isEqualTo(1);
        assertThatThrownBy(() -> new JsonObject(client.nextReceived().text())).isNotNull();
        assertThat(upstream.seen().injected()).extracting(Injected::fault).hasSize(5);
    }

    @Test
    void invalidSession_resumable_canBeResumed() {
        ShardClient client = live();
        upstream.inject(new InvalidSession(true), SHARD);
        assertThat(client.next(9).getBoolean("d")).isTrue();

        world.connect().resume(session(), 1).event("RESUMED");
    }

    @Test
    void invalidSession_notResumable_endsTheSessionAndNotTheConnection() {
        ShardClient client = live();
        upstream.inject(new InvalidSession(false), SHARD);
        assertThat(client.next(9).getBoolean("d")).isFalse();

        assertThat(upstream.liveSessions()).isEmpty();
        client.send(8, new JsonObject());
        client.heartbeat("7").next(11);
        assertThat(world.offences()).isEmpty();
        upstream.rules(upstream.rules().with(draft -> draft.window = Duration.ZERO));
        client.send(2, ShardClient.identity(0, 16)).event("READY");
    }

    @Test
    void zombie_heartbeats_areHeardAndNotAcknowledged() {
        ShardClient client = live();
        upstream.inject(new Zombie(), SHARD);
        client.heartbeat("1");
        await().until(() -> upstream.seen().heartbeats() == 1);
        upstream.inject(new Reconnect(), SHARD);

        client.next(7);
    }

    @Test
    void noAck_once_appliesToOneHeartbeat() {
        ShardClient client = live();
        upstream.turnOn(Mode.NO_ACK, 1);
        client.heartbeat("1");
        await().until(() -> upstream.seen().heartbeats() == 1);
        client.heartbeat("1").next(11);

        assertThat(client.unread()).isZero();
    }

    @Test
    void noHello_untilTurnedOff_saysNothing() {
        upstream.turnOn(Mode.NO_HELLO);
        ShardClient silent = world.connect();
        await().until(() -> upstream.openConnections() == 1);
        upstream.turnOff(Mode.NO_HELLO);

        world.connect().next(10);
        assertThat(silent.unread()).isZero();
        assertThat(silent.isOpen()).isTrue();
    }

    @Test
    void helloAndReady_delayed_comeLater() {
        upstream.rules(upstream.rules().with(draft -> {
            draft.helloDelay = Duration.ofMillis(30);
            draft.readyDelay = Duration.ofMillis(30);
        }));

        world.connect().ready(0, 16);
    }

    @Test
    void noReady_identify_isCountedAndNotAnswered() {
        upstream.turnOn(Mode.NO_READY, 1);
        ShardClient client = world.connect();
        client.identify(0, 16);
        client.heartbeat("null").next(11);

        assertThat(upstream.seen().identifies()).hasSize(1);
        assertThat(upstream.sessions()).isEmpty();
    }

    @Test
    void reconnectForHello_isOp7() {
        upstream.turnOn(Mode.RECONNECT_FOR_HELLO);

        world.connect().next(7);
    }

    @Test
    void reconnectAfterReady_followsReadyAndResumed() {
        upstream.turnOn(Mode.RECONNECT_AFTER_READY);
        ShardClient client = live();
        client.next(7);
        ShardClient second = world.connect();
        second.resume(session(), 1).event("RESUMED");

        second.next(7);
    }

    @Test
    void resumeInvalid_resume_getsOp9AndTheSessionEnds() {
        live();
        upstream.turnOn(Mode.RESUME_INVALID, 1);

        assertThat(world.connect().resume(session(), 1).next(9).getBoolean("d")).isFalse();
        assertThat(upstream.liveSessions()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSE_UPGRADE", "REFUSE_CONNECTION"})
    void connect_refused_failsOnceAndWorksThen(Mode mode) {
        upstream.turnOn(mode, 1);

        assertThatThrownBy(world::connect).isInstanceOf(AssertionError.class);
        world.connect().next(10);
    }

    @ParameterizedTest
    @CsvSource({"BOT_429, 429", "BOT_500, 500"})
    void gatewayBot_inAMode_answersItOnce(Mode mode, int status) {
        upstream.turnOn(mode, 1);

        HttpResponse<String> answer = world.get("/gateway/bot", "Bot fake-token");
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Retry-After").isPresent()).isEqualTo(status == 429);
        assertThat(world.get("/gateway/bot", "Bot fake-token").statusCode()).isEqualTo(200);
    }

    @Test
    void faultsAtRandom_sameSeed_isTheSameUntilItIsClosed() {
        assertThat(someFaults(7)).isEqualTo(someFaults(7)).isNotEqualTo(someFaults(8));
    }

    /// The first ones that a world with one steadfast client sees.
    private static List<Fault> someFaults(long seed) {
        List<Fault> harmless = List.of(new AskHeartbeat(), new UnknownOpcode(), new Backwards(), new Reconnect());
        try (UpstreamWorld own = new UpstreamWorld(UpstreamWorld.wide())) {
            own.connect().ready(0, 16);
            try (var _ = own.upstream.faultsAtRandom(seed, 500, harmless, List.of(Mode.NO_HELLO))) {
                await().until(() -> own.upstream.seen().injected().size() >= 20);
            }
            int after = own.upstream.seen().injected().size();
            own.connect().next(10);
            assertThat(own.upstream.seen().injected()).hasSize(after);
            return own.upstream.seen().injected().stream().limit(20).map(Injected::fault).toList();
        }
    }
}
