package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.protocol.CloseRule;
import io.sandgate.gateway.shard.protocol.Compression;
import io.sandgate.gateway.shard.record.SessionRecord;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.sandgate.gateway.shard.session.Bench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

class EndsTest {
    private static final String RECONNECT = "{\"op\":7,\"d\":null}";
    private static final String INVALID_FOR_GOOD = "{\"op\":9,\"d\":false}";
    private static final String INVALID_NOW = "{\"op\":9,\"d\":true}";

    @ParameterizedTest
    @ValueSource(ints = {-1, 1000, 1001, 1006, 1011, 3000, 4000, 4001, 4002, 4006, 4008, 4999})
    void close_codeThatLeavesTheSession_resumes(int code) {
        Bench bench = new Bench();
        bench.live().listener.closed(code);

        assertThat(bench.session.state()).isEqualTo(ShardState.WAITING);
        assertThat(bench.view().note()).contains(CloseRule.meaning(code));
        FakeUpstream.Dial dial = bench.resuming();
        assertThat(Bench.data(dial, 6).getString("session_id")).isEqualTo("first");
        assertThat(Bench.resumeSequence(dial)).isOne();
        assertThat(bench.around.fates).containsExactly("1 USED");
        assertThat(bench.around.disconnections).isOne();
    }

    @ParameterizedTest
    @ValueSource(ints = {4003, 4005, 4007, 4009})
    void close_codeThatEndsTheSession_waitsForAPermit(int code) {
        Bench bench = new Bench();
        bench.live().listener.closed(code);

        assertThat(bench.session.hasSession()).isFalse();
        assertThat(bench.session.record()).isEmpty();
        FakeUpstream.Dial dial = bench.helloed(bench.dial());
        assertThat(dial.url.getHost()).isEqualTo("gateway.example");
        assertThat(bench.session.state()).isEqualTo(ShardState.QUEUED);
        assertThat(bench.view().note()).startsWith(code + ": ");
        assertThat(bench.around.fates).containsExactly("1 USED");
    }

    @ParameterizedTest
    @CsvSource({"4004, STOP_ALL", "4010, STOP_SHARD", "4011, RESHARD", "4012, STOP_SHARD", "4013, STOP_ALL",
            "4014, STOP_ALL"})
    void close_codeThatRefuses_stopsUntilAnOperatorSaysSo(int code, CloseRule rule) {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.connected();
        bench.permit(9);
        dial.listener.closed(code);
        bench.loop.run(Duration.ofHours(1));

        assertThat(bench.session.state()).isEqualTo(ShardState.REFUSED);
        assertThat(bench.view().note()).isEqualTo(code + ": " + CloseRule.meaning(code));
        assertThat(bench.around.refusals).containsExactly(rule);
        assertThat(bench.upstream.dials).hasSize(1);
        assertThat(bench.around.turns).isZero();
        assertThat(bench.around.fates).containsExactly("9 USED");
        assertThat(bench.count("identify", "result", "refused")).isOne();

        bench.session.restart();
        bench.helloed(bench.dial());
        assertThat(bench.session.state()).isEqualTo(ShardState.QUEUED);
    }

    @Test
    void close_tooMuchSent_isNotDialledAtOnceThoughItHeld() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.runAnswered(Bench.MINUTE.multipliedBy(2));
        dial.listener.closed(4008);
        bench.loop.run(SECOND.minusMillis(1));

        assertThat(bench.upstream.dials).hasSize(1);
        bench.loop.run(SECOND.multipliedBy(2));
        assertThat(bench.upstream.dials).hasSize(2);
    }

    @Test
    void reconnect_inPlaceOfHelloOverAndOver_keepsTheSessionAndBacksOff() {
        Bench bench = Bench.withRecord();
        bench.session.start();
        long began = bench.loop.nanoTime();
        for (int i = 0; i < 7; i++) {
            FakeUpstream.Dial dial = bench.dial();
            dial.open();
            dial.say(RECONNECT);
            assertThat(dial.closedWith).isEqualTo(4000);
            assertThat(dial.sent).isEmpty();
        }
        assertThat(bench.loop.nanoTime() - began).isGreaterThan(Duration.ofSeconds(10).toNanos());
        assertThat(bench.session.hasSession()).isTrue();
        assertThat(bench.view().note()).isEqualTo("the upstream asks to reconnect");
        assertThat(bench.view().failures()).isEqualTo(7);
        assertThat(bench.around.fates).isEmpty();
    }

    @Test
    void reconnect_afterEachResume_keepsTheSessionForever() {
        Bench bench = Bench.withRecord();
        bench.session.start();
        for (int i = 0; i < 40; i++) {
            FakeUpstream.Dial dial = bench.resuming();
            assertThat(Bench.resumeSequence(dial)).isEqualTo(10);
            dial.say(RECONNECT);
        }
        assertThat(bench.count("resume", "result", "reconnect")).isEqualTo(40);
        assertThat(bench.around.fates).isEmpty();
    }

    @Test
    void invalidSession_afterIdentify_rejectsThePermitAndQueuesAgain() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.connected();
        long attempt = bench.session.attempt();
        bench.permit(5);
        dial.say(INVALID_FOR_GOOD);
        dial.say(INVALID_FOR_GOOD);

        assertThat(bench.around.fates).containsExactly("5 USED", "5 REJECTED");
        assertThat(bench.count("identify", "result", "op9")).isOne();
        bench.helloed(bench.dial());
        assertThat(bench.session.waiting()).isPresent().get().isNotEqualTo(attempt);
    }

    @Test
    void invalidSession_afterEachIdentify_costsNoPermitThatWasNotGiven() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.connected();
        for (int i = 1; i <= 10; i++) {
            bench.permit(i);
            dial.say(INVALID_NOW);
            dial = bench.helloed(bench.dial());
            bench.loop.run(SECOND);
            assertThat(dial.sent(2)).isEmpty();
        }
        assertThat(bench.around.fates).hasSize(20);
        assertThat(bench.view().failures()).isEqualTo(10);
    }

    @Test
    void invalidSession_forGoodAfterResume_dropsTheSessionAtOnce() {
        Bench bench = Bench.withRecord();
        bench.connected().say(INVALID_FOR_GOOD);

        assertThat(bench.session.hasSession()).isFalse();
        assertThat(bench.count("resume", "result", "op9")).isOne();
        FakeUpstream.Dial dial = bench.helloed(bench.dial());
        assertThat(dial.url.getHost()).isEqualTo("gateway.example");
        assertThat(bench.session.state()).isEqualTo(ShardState.QUEUED);
        assertThat(bench.view().note()).isEqualTo("the upstream says that the session is invalid");
    }

    @Test
    void invalidSession_resumableAfterEachResume_dropsTheSessionTheSecondTime() {
        Bench bench = Bench.withRecord();
        bench.connected().say(INVALID_NOW);
        assertThat(bench.session.hasSession()).isTrue();

        FakeUpstream.Dial dial = bench.resuming();
        assertThat(dial.sent(6)).hasSize(1);
        dial.say(INVALID_NOW);
        assertThat(bench.session.hasSession()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false"})
    void invalidSession_whileLive_goesByItsFlag(boolean flag, boolean kept) {
        Bench bench = new Bench();
        bench.live().say("{\"op\":9,\"d\":" + flag + "}");

        assertThat(bench.session.hasSession()).isEqualTo(kept);
        assertThat(bench.session.state()).isEqualTo(ShardState.WAITING);
    }

    @Test
    void invalidSession_whileFenced_goesByItsFlag() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.expireLease();
        dial.say(INVALID_FOR_GOOD);

        assertThat(bench.session.hasSession()).isFalse();
    }

    @Test
    void invalidSession_whileQueued_connectsAgain() {
        Bench bench = new Bench();
        bench.connected().say(INVALID_FOR_GOOD);

        assertThat(bench.session.state()).isEqualTo(ShardState.WAITING);
        assertThat(bench.around.fates).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "", "[]", "{\"op\":\"x\"}", "{\"op\":0,\"d\":{}}", "{\"op\":10", "{}{}"})
    void frame_notTheProtocol_closesAndResumes(String frame) {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        dial.say(frame);

        assertThat(dial.closedWith).isEqualTo(4000);
        assertThat(bench.count("bad.frames")).isOne();
        assertThat(bench.view().note()).startsWith("message: ");
        assertThat(Bench.resumeSequence(bench.resumed())).isOne();
        assertThat(bench.session.state()).isEqualTo(ShardState.LIVE);
        assertThat(bench.around.fates).containsExactly("1 USED");
    }

    @Test
    void frame_newerOpcode_isSkipped() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        dial.say("{\"op\":99,\"d\":{}}");

        assertThat(bench.session.state()).isEqualTo(ShardState.LIVE);
    }

    @Test
    void bomb_compressed_closesAndResumesWithANewStream() {
        Bench bench = new Bench(Optional.of(compressedRecord()), Compression.ZLIB_STREAM, Set.of());
        bench.session.start();
        FakeUpstream.Dial dial = bench.dial();
        dial.open();
        Deflater stream = new Deflater();
        dial.listener.frame(deflate(stream, "{\"op\":10,\"d\":{\"heartbeat_interval\":40000}}"));
        dial.listener.frame(deflate(stream, "{\"op\":0,\"s\":11,\"t\":\"RESUMED\",\"d\":{}}"));
        assertThat(bench.session.state()).isEqualTo(ShardState.LIVE);
        byte[] bomb = deflate(stream, "{\"op\":0,\"s\":12,\"t\":\"X\",\"d\":\"" + "x".repeat(1 << 20) + "\"}");
        assertThat(bomb).hasSizeLessThan(4_000);
        dial.listener.frame(bomb);

        assertThat(dial.closedWith).isEqualTo(4000);
        assertThat(bench.view().note()).contains("expected: at most 65536 bytes");
        FakeUpstream.Dial next = bench.dial();
        next.open();
        next.listener.frame(deflate(new Deflater(), "{\"op\":10,\"d\":{\"heartbeat_interval\":40000}}"));
        assertThat(Bench.resumeSequence(next)).isEqualTo(11);
        assertThat(bench.around.fates).isEmpty();
    }

    private static SessionRecord compressedRecord() {
        SessionRecord plain = Bench.record(10);
        return new SessionRecord(plain.shard(), plain.epoch(), plain.owner(),
                plain.sessionId(), plain.resumeUrl(), plain.sequence(), plain.intents(), "ZLIB_STREAM", plain.readyAt(),
                plain.updatedAt());
    }

    private static byte[] deflate(Deflater stream, String text) {
        stream.setInput(text.getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[8_192];
        int count;
        do {
            count = stream.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
            out.write(buffer, 0, count);
        } while (count == buffer.length);
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 4, 0})
    void sequence_goesBackwards_closesAndResumesFromTheLastGoodOne(long sequence) {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        for (int i = 2; i <= 5; i++) {
            dial.event(i, "MESSAGE_CREATE");
        }
        dial.event(sequence, "MESSAGE_CREATE");

        assertThat(dial.closedWith).isEqualTo(4000);
        assertThat(bench.view().note())
                .isEqualTo("event MESSAGE_CREATE: sequence " + sequence + " (expected: more than 5)");
        assertThat(bench.sink.sequences()).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(Bench.resumeSequence(bench.resumed())).isEqualTo(5);
        assertThat(bench.around.fates).containsExactly("1 USED");
    }

    @Test
    void sequence_leavesSomeOut_isCountedAndHandedOn() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        dial.event(5, "MESSAGE_CREATE");

        assertThat(bench.session.state()).isEqualTo(ShardState.LIVE);
        assertThat(bench.count("sequence.skipped")).isEqualTo(3);
        assertThat(bench.sink.sequences()).containsExactly(1L, 5L);
    }

    @Test
    void frame_thatIsBadInEachReplay_dropsTheSessionInTheEnd() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        for (int i = 0; i < 3; i++) {
            assertThat(bench.session.hasSession()).isTrue();
            dial.say("{\"op\":0,\"s\":2,\"t\":\"X\",\"d\":\"" + "x".repeat(1 << 17) + "\"}");
            dial = bench.helloed(bench.dial());
        }
        assertThat(bench.session.state()).isEqualTo(ShardState.QUEUED);
        assertThat(bench.around.fates).containsExactly("1 USED");
    }

    @Test
    void event_beforeThereIsASession_belongsToNothing() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.connected();
        dial.event(1, "MESSAGE_CREATE");
        bench.permit(1);
        dial.event(2, "MESSAGE_CREATE");

        assertThat(bench.around.seen).isEmpty();
        assertThat(bench.session.state()).isEqualTo(ShardState.IDENTIFYING);
    }

    @Test
    void oldConnection_afterItsEnd_isNotHeard() {
        Bench bench = new Bench();
        FakeUpstream.Dial old = bench.live();
        old.say(RECONNECT);
        long attempt = bench.session.attempt();
        old.event(2, "MESSAGE_CREATE");
        old.say(RECONNECT);
        old.say("not JSON");
        old.listener.closed(4004);
        old.listener.failed("late");
        old.listener.opened();

        assertThat(bench.session.attempt()).isEqualTo(attempt);
        assertThat(bench.session.state()).isEqualTo(ShardState.WAITING);
        assertThat(bench.sink.sequences()).containsExactly(1L);
        bench.loop.run(Duration.ofSeconds(70));
        int beats = old.sent(1).size();
        bench.loop.run(Duration.ofMinutes(10));
        assertThat(old.sent(1)).hasSize(beats);
    }

    @Test
    void operator_restarts_goesOnWithTheSessionSoon() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.session.restart();

        assertThat(dial.closedWith).isEqualTo(4000);
        assertThat(bench.view().note()).isEqualTo("an operator asked for it");
        bench.loop.run(SECOND);
        assertThat(bench.helloed(bench.upstream.last()).sent(6)).hasSize(1);
        for (int i = 0; i < 5; i++) {
            bench.session.restart();
            bench.resuming();
        }
        assertThat(bench.session.hasSession()).isTrue();
    }

    @Test
    void operator_disconnects_endsTheSessionAndStaysAway() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.session.disconnect();
        bench.loop.run(Duration.ofHours(1));

        assertThat(dial.closedWith).isEqualTo(1000);
        assertThat(bench.session.state()).isEqualTo(ShardState.DISCONNECTED);
        assertThat(bench.session.hasSession()).isFalse();
        assertThat(bench.upstream.dials).hasSize(1);
        bench.session.restart();
        bench.helloed(bench.dial());
        assertThat(bench.session.state()).isEqualTo(ShardState.QUEUED);
    }

    @Test
    void surroundings_releaseWhenThePermitIsRejected_isNotRevived() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.connected();
        bench.permit(1);
        bench.around.onFate = () -> bench.session.release(false);
        dial.say(INVALID_NOW);
        bench.session.start();
        bench.loop.run(Duration.ofHours(1));

        assertThat(bench.session.state()).isEqualTo(ShardState.RELEASED);
        assertThat(bench.upstream.dials).hasSize(1);
    }

    @Test
    void surroundings_releaseWhenTold_leavesNothingRunning() {
        Bench bench = new Bench();
        FakeUpstream.Dial dial = bench.live();
        bench.around.onChange = () -> {
            if (bench.session.state() == ShardState.WAITING) {
                bench.session.release(false);
            }
        };
        dial.say(RECONNECT);
        bench.loop.run(Duration.ofHours(1));

        assertThat(bench.session.state()).isEqualTo(ShardState.RELEASED);
        assertThat(bench.upstream.dials).hasSize(1);
        assertThat(bench.around.turns).isZero();
    }
}
