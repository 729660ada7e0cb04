package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.protocol.Compression;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.record.SessionRecord;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.sandgate.gateway.shard.session.Bench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

class ConnectingTest {

    @Test
    void newShard_hello_waitsForAPermitAndHeartbeats() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.connected();

        assertThat(dial.url).hasToString("wss://gateway.example/?v=10&encoding=json");
        assertThat(bench.session.state()).isEqualTo(ShardState.QUEUED);
        assertThat(bench.session.waiting()).contains(bench.session.attempt());
        assertThat(bench.around.turns).isZero();
        bench.runAnswered(Duration.ofMinutes(5));
        assertThat(dial.sent(1)).hasSizeBetween(7, 8);
        assertThat(dial.sent(1).getFirst().getValue("d")).isNull();
        assertThat(dial.sent).hasSameSizeAs(dial.sent(1));
    }

    @Test
    void identify_ready_livesWithoutAPermitLeft() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();

        assertThat(Bench.data(dial, 2).getJsonArray("shard")).containsExactly(3, 16);
        assertThat(bench.session.state()).isEqualTo(ShardState.LIVE);
        assertThat(bench.session.hasSession()).isTrue();
        assertThat(bench.session.waiting()).isEmpty();
        assertThat(bench.around.fates).containsExactly("1 USED");
        assertThat(bench.around.sessions).isOne();
        assertThat(bench.sink.sequences()).containsExactly(1L);
        assertThat(bench.count("identify", "result", "ready")).isOne();
        assertThat(bench.session.record()).hasValueSatisfying(record -> {
            assertThat(record.sessionId()).isEqualTo("first");
            assertThat(record.sequence()).isOne();
            assertThat(record.epoch()).isEqualTo(7);
            assertThat(record.resumeUrl()).hasToString("wss://resume.example");
        });
    }

    @Test
    void record_hello_resumesAtItsUrlWithoutAPermit() {
        Bench bench = Bench.withRecord();
        FakeUpstream.Dial dial = bench.connected();

        assertThat(dial.url).hasToString("wss://resume.example/?v=10&encoding=json");
        assertThat(Bench.data(dial, 6).getString("session_id")).isEqualTo("old");
        assertThat(Bench.data(dial, 6).getLong("seq")).isEqualTo(10);
        assertThat(bench.session.waiting()).isEmpty();
        assertThat(bench.session.state()).isEqualTo(ShardState.RESUMING);
        dial.event(11, "MESSAGE_CREATE");
        dial.event(12, "MESSAGE_CREATE");
        dial.event(13, "RESUMED");
        dial.event(14, "MESSAGE_CREATE");
        assertThat(bench.session.state()).isEqualTo(ShardState.LIVE);
        assertThat(bench.sink.sequences()).containsExactly(11L, 12L, 13L, 14L);
        assertThat(bench.around.seen).containsExactly(11L, 12L, 13L, 14L);
        assertThat(bench.count("replay.events")).isEqualTo(2);
        assertThat(bench.around.turns).isZero();
    }

    static List<SessionRecord> unfitRecords() {
        SessionRecord fit = Bench.record(10);
        return List.of(
                new SessionRecord(new ShardId(3, 32), 1, "r0", "old",
                        fit.resumeUrl(), 10, Bench.INTENTS, "NONE", 1, fit.updatedAt()),
                new SessionRecord(Bench.SHARD, 1, "r0", "old", fit.resumeUrl(), 10, 1, "NONE", 1, fit.updatedAt()),
                new SessionRecord(Bench.SHARD, 1, "r0", "old", fit.resumeUrl(), 10, Bench.INTENTS, "ZLIB_STREAM", 1,
                        fit.updatedAt()),
                new SessionRecord(Bench.SHARD, 1, "r0", "x".repeat(5_000), fit.resumeUrl(), 10, Bench.INTENTS, "NONE",
                        1, fit.updatedAt()),
                new SessionRecord(Bench.SHARD, 1, "r0", "old", fit.resumeUrl(), -1, Bench.INTENTS, "NONE", 1,
                        fit.updatedAt()),
                new SessionRecord(Bench.SHARD, 1, "r0", "old", fit.resumeUrl(), 10, Bench.INTENTS, "NONE", 1,
                        fit.updatedAt() - Duration.ofMinutes(4).toMillis()));
    }

    @ParameterizedTest
    @MethodSource("unfitRecords")
    void record_doesNotFit_isNotResumed(SessionRecord record) {
        Bench bench = new Bench(Optional.of(record), Compression.NONE, Set.of());
        bench.connected();

        assertThat(bench.session.state()).isEqualTo(ShardState.QUEUED);
        assertThat(bench.session.record()).isEmpty();
    }

    @Test
    void resume_dialFails_goesToTheGatewayNextAndBack() {
        Bench bench = Bench.withRecord();
        bench.session.start();

        List<String> hosts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            FakeUpstream.Dial dial = bench.dial();
            hosts.add(dial.url.getHost());
            dial.listener.failed("refused");
        }
        FakeUpstream.Dial dial = bench.dial();
        assertThat(hosts).containsExactly("resume.example", "gateway.example", "resume.example", "gateway.example");
        assertThat(bench.view().note()).isEqualTo("cannot connect: refused");
        bench.helloed(dial);
        assertThat(dial.sent(6)).hasSize(1);
        assertThat(bench.around.fates).isEmpty();
    }

    @Test
    void resume_gatewayIsNotKnown_staysAtTheUrlOfTheSession() {
        Bench bench = Bench.withRecord();
        bench.around.gateway = Optional.empty();
        bench.session.start();
        bench.dial().listener.failed("refused");

        assertThat(bench.dial().url.getHost()).isEqualTo("resume.example");
    }

    @Test
    void newShard_gatewayIsNotKnown_dialsSoonAfterItIs() {
        Bench bench = new Bench();
        bench.around.gateway = Optional.empty();
        bench.session.start();
        bench.loop.run(Duration.ofMinutes(10));
        assertThat(bench.upstream.dials).isEmpty();
        assertThat(bench.view().note()).contains("not known yet");
        assertThat(bench.view().failures()).isZero();

        bench.around.gateway = Optional.of(URI.create("ws://late.example/path"));
        bench.loop.run(SECOND);
        assertThat(bench.upstream.last().url).hasToString("ws://late.example/path?v=10&encoding=json");
        assertThat(bench.around.turns).isOne();
    }

    @Test
    void shard_leaseIsNotFresh_dialsSoonAfterItIs() {
        Bench bench = Bench.withRecord();
        bench.expireLease();
        bench.session.start();
        bench.loop.run(Duration.ofSeconds(100));
        assertThat(bench.upstream.dials).isEmpty();
        assertThat(bench.view().note()).isEqualTo("the lease is not fresh");
        assertThat(bench.around.turns).isZero();

        bench.renewLease();
        bench.loop.run(SECOND);
        assertThat(bench.upstream.dials).hasSize(1);
    }

    @Test
    void resume_leaseExpiresBeforeHello_isNotSaid() {
        Bench bench = Bench.withRecord();
        bench.session.start();
        FakeUpstream.Dial dial = bench.dial();
        dial.open();
        bench.expireLease();
        dial.hello();

        assertThat(dial.sent).isEmpty();
        assertThat(dial.closedWith).isEqualTo(4000);
        assertThat(bench.session.state()).isEqualTo(ShardState.WAITING);
        bench.renewLease();
        assertThat(bench.resuming().sent(6)).hasSize(1);
    }

    @Test
    void dial_neverOpens_isGivenUpAndTriedAgain() {
        Bench bench = new Bench();
        bench.session.start();
        FakeUpstream.Dial dial = bench.dial();
        bench.loop.run(SECOND.multipliedBy(10));

        assertThat(dial.closedWith).isEqualTo(4000);
        assertThat(bench.view().note()).isEqualTo("no connection within 10000 ms");
        assertThat(bench.dial()).isNotSameAs(dial);
        dial.open();
        assertThat(bench.session.state()).isEqualTo(ShardState.DIALLING);
    }

    @Test
    void hello_neverComes_goesToTheOtherAddress() {
        Bench bench = Bench.withRecord();
        bench.session.start();
        FakeUpstream.Dial dial = bench.dial();
        dial.open();
        bench.loop.run(SECOND.multipliedBy(20));

        assertThat(dial.closedWith).isEqualTo(4000);
        assertThat(bench.view().note()).isEqualTo("no HELLO within 20000 ms");
        assertThat(bench.dial().url.getHost()).isEqualTo("gateway.example");
        assertThat(bench.session.hasSession()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "{}", "[]", "{\"heartbeat_interval\":\"soon\"}", "{\"heartbeat_interval\":0}",
            "{\"heartbeat_interval\":99999999}"})
    void hello_withoutAnInterval_isABadFrame(String data) {
        Bench bench = new Bench();
        bench.session.start();
        FakeUpstream.Dial dial = bench.dial();
        dial.open();
        dial.say("{\"op\":10,\"d\":" + data + "}");

        assertThat(dial.closedWith).isEqualTo(4000);
        assertThat(bench.view().note()).contains("expected");
        assertThat(bench.count("bad.frames")).isOne();
    }

    @Test
    void ready_neverComes_queuesAgain() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.connected();
        bench.permit(4);
        bench.loop.run(SECOND.multipliedBy(15));

        assertThat(dial.closedWith).isEqualTo(4000);
        assertThat(bench.view().note()).isEqualTo("no READY within 15000 ms");
        assertThat(bench.count("identify", "result", "timeout")).isOne();
        assertThat(bench.around.fates).containsExactly("4 USED");
        bench.helloed(bench.dial());
        assertThat(bench.session.state()).isEqualTo(ShardState.QUEUED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "null", "{\"session_id\":\"\",\"resume_gateway_url\":\"wss://r\"}",
            "{\"session_id\":7,\"resume_gateway_url\":\"wss://r\"}",
            "{\"session_id\":\"a\",\"resume_gateway_url\":\"http://r\"}", "{\"session_id\":\"a\"}"})
    void ready_withoutASession_isABadFrame(String data) {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.connected();
        bench.permit(4);
        dial.say("{\"op\":0,\"s\":1,\"t\":\"READY\",\"d\":" + data + "}");

        assertThat(dial.closedWith).isEqualTo(4000);
        assertThat(bench.session.hasSession()).isFalse();
        assertThat(bench.view().note()).startsWith(data.equals("null") ? "d of op 0 READY" : "READY: ");
        assertThat(bench.sink.accepted).isEmpty();
    }

    @Test
    void resumed_neverComes_dropsTheSessionTheSecondTime() {
        Bench bench = Bench.withRecord();
        FakeUpstream.Dial first = bench.connected();
        bench.runAnswered(SECOND.multipliedBy(31));
        assertThat(first.closedWith).isEqualTo(4000);
        assertThat(bench.view().note()).isEqualTo("no event and no RESUMED within 30000 ms");
        assertThat(bench.session.hasSession()).isTrue();

        bench.resuming();
        bench.runAnswered(SECOND.multipliedBy(31));
        assertThat(bench.session.hasSession()).isFalse();
        assertThat(bench.count("resume", "result", "timeout")).isEqualTo(2);
        assertThat(bench.dial().url.getHost()).isEqualTo("gateway.example");
    }

    @Test
    void replay_slowerThanTheTimeout_isWaitedForAsLongAsEventsCome() {
        Bench bench = Bench.withRecord();
        FakeUpstream.Dial dial = bench.connected();
        for (int i = 11; i < 20; i++) {
            bench.runAnswered(SECOND.multipliedBy(20));
            dial.event(i, "MESSAGE_CREATE");
        }
        assertThat(bench.session.state()).isEqualTo(ShardState.RESUMING);
        assertThat(dial.closedWith).isZero();
    }

    @Test
    void resume_bringsEventsAndBreaks_isNotALostOne() {
        Bench bench = Bench.withRecord();
        bench.session.start();
        for (int i = 11; i < 20; i++) {
            FakeUpstream.Dial dial = bench.resuming();
            dial.event(i, "MESSAGE_CREATE");
            dial.listener.closed(Upstream.NO_CODE);
        }
        assertThat(Bench.resumeSequence(bench.resuming())).isEqualTo(19);
    }

    @Test
    void session_notConnectedForLongerThanItLives_isForgotten() {
        Bench bench = new Bench();
        bench.live().listener.closed(Upstream.NO_CODE);
        for (int i = 0; i < 40; i++) {
            bench.dial().listener.failed("refused");
        }
        bench.helloed(bench.dial());
        assertThat(bench.session.state()).isEqualTo(ShardState.QUEUED);
    }

    @Test
    void session_idleForLongerThanItLives_isResumedAfterABreak() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.runAnswered(Duration.ofMinutes(10));
        assertThat(bench.session.record()).hasValueSatisfying(record -> assertThat(record.updatedAt())
                .isEqualTo(bench.context.timeOfDay().getAsLong()));
        dial.listener.closed(Upstream.NO_CODE);

        assertThat(bench.resuming().sent(6)).hasSize(1);
    }

    @Test
    void url_withCompression_namesIt() {
        Bench bench = new Bench(Optional.empty(), Compression.ZSTD_STREAM, Set.of());
        bench.session.start();

        assertThat(bench.dial().url).hasToString("wss://gateway.example/?v=10&encoding=json&compress=zstd-stream");
    }

    @Test
    void firstDial_afterAConnectionThatHeld_waitsForAMomentAndThenLongerEachTime() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.runAnswered(Bench.MINUTE.multipliedBy(2));
        dial.listener.closed(1006);
        assertThat(waited(bench)).isBetween(0L, 1_000L);

        long longest = 0;
        for (int i = 0; i < 60; i++) {
            bench.upstream.last().listener.failed("refused");
            long wait = waited(bench);
            assertThat(wait).isLessThanOrEqualTo(Math.min(64_000, 1_000L << Math.min(i, 10)) + 100);
            longest = Math.max(longest, wait);
        }
        assertThat(longest).isGreaterThan(40_000);
        assertThat(bench.view().failures()).isEqualTo(60);
    }

    private static long waited(Bench bench) {
        long from = bench.loop.nanoTime();
        bench.dial();
        return (bench.loop.nanoTime() - from) / 1_000_000;
    }

    @Test
    void backOff_connectionDoesNotHold_goesOnGrowing() {
        Bench bench = new Bench();
        bench.live().say("{\"op\":7,\"d\":null}");
        for (int i = 0; i < 30; i++) {
            FakeUpstream.Dial dial = bench.resumed();
            assertThat(bench.session.state()).isEqualTo(ShardState.LIVE);
            dial.say("{\"op\":7,\"d\":null}");
        }
        assertThat(bench.view().failures()).isEqualTo(31);
        assertThat(bench.view().note()).isEqualTo("the upstream asks to reconnect");
        assertThat(bench.around.fates).containsExactly("1 USED");

        bench.resumed();
        bench.runAnswered(Bench.MINUTE);
        assertThat(bench.view().failures()).isZero();
    }
}
