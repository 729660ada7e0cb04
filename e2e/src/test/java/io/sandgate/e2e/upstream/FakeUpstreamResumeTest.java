package io.sandgate.e2e.upstream;

import io.sandgate.e2e.upstream.Observed.Resume;
import io.sandgate.e2e.upstream.Observed.Side;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class FakeUpstreamResumeTest {
    private static final Shard SHARD = new Shard(0, 16);

    private final UpstreamWorld world = new UpstreamWorld(UpstreamWorld.wide().with(draft -> draft.replayDepth = 5));
    private final FakeUpstream upstream = world.upstream;
    private ShardClient first = world.connect();
    private String session = "";
    private String resumeUrl = "";

    @BeforeEach
    void open() {
        JsonObject ready = first.ready(0, 16);
        session = ready.getString("session_id");
        resumeUrl = ready.getString("resume_gateway_url");
    }

    @AfterEach
    void end() {
        world.close();
    }

    private void publish(int events) {
        for (int i = 0; i < events; i++) {
            upstream.publish(SHARD, "TYPING_START", "{\"i\":" + i + "}");
        }
    }

    private void awaitDetached() {
        await().until(() -> upstream.connectionsByShard().isEmpty());
    }

    @Test
    void resume_afterDrop_replaysInOrderThenResumed() {
        publish(1);
        first.drop();
        awaitDetached();
        publish(3);

        ShardClient second = world.connect(resumeUrl, ShardClient.QUERY);
        second.resume(session, 2);
        List<JsonObject> events = second.events(4);

        assertThat(events).extracting(event -> event.getInteger("s")).containsExactly(3, 4, 5, 6);
        assertThat(events).extracting(event -> event.getString("t")).containsExactly("TYPING_START", "TYPING_START",
                "TYPING_START", "RESUMED");
        publish(1);
        assertThat(second.event("TYPING_START").getInteger("s")).isEqualTo(7);
        assertThat(upstream.seen().resumed()).singleElement().satisfies(resume -> {
            assertThat(resume.replayed()).isEqualTo(3);
            assertThat(resume.resumeUrl()).isTrue();
        });
        assertThat(upstream.seen().closes()).singleElement().satisfies(close -> {
            assertThat(close.code()).isEqualTo(-1);
            assertThat(close.by()).isEqualTo(Side.CLIENT);
        });
        assertThat(world.offences()).isEmpty();
        assertThat(upstream.seen().identifies()).hasSize(1);
    }

    @Test
    void resume_whileAnotherConnectionHasIt_closesTheOldOne() {
        ShardClient second = world.connect();
        second.resume(session, 1).event("RESUMED");

        assertThat(first.closeCode()).isEqualTo(4000);
        publish(1);
        second.event("TYPING_START");
        assertThat(upstream.connectionsByShard()).containsEntry(SHARD, 1);
    }

    @Test
    void resume_sequenceThatWasNotSent_isClosed() {
        first.drop();
        awaitDetached();
        ShardClient second = world.connect();
        second.resume(session, 2);

        world.assertOffended(second, Rule.SEQUENCE_TOO_HIGH);
    }

    @Test
    void resume_asDeepAsTheReplay_getsAll() {
        publish(5);

        ShardClient second = world.connect();
        second.resume(session, 1);

        assertThat(second.events(6)).extracting(event -> event.getInteger("s")).containsExactly(2, 3, 4, 5, 6, 7);
    }

    @Test
    void resume_deeperThanTheReplay_isInvalid() {
        publish(6);

        ShardClient second = world.connect();
        second.resume(session, 1);

        assertThat(second.next(9).getBoolean("d")).isFalse();
        assertThat(upstream.liveSessions()).isEmpty();
        assertThat(world.offences()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001})
    void resume_afterCloseThatEnds_isInvalid(int code) {
        first.close(code);
        await().until(() -> upstream.liveSessions().isEmpty());

        ShardClient second = world.connect();
        assertThat(second.resume(session, 1).next(9).getBoolean("d")).isFalse();
        assertThat(upstream.seen().resumes()).extracting(Resume::outcome).containsExactly("no such session");
        assertThat(world.offences()).isEmpty();
    }

    @Test
    void resume_afterOtherClose_isResumed() {
        first.close(4000);
        awaitDetached();

        world.connect().resume(session, 1).event("RESUMED");
        assertThat(upstream.seen().closes()).singleElement()
                .satisfies(close -> assertThat(close.code()).isEqualTo(4000));
    }

    @Test
    void resume_afterTheSessionsLife_isInvalid() {
        upstream.rules(upstream.rules().with(draft -> draft.sessionLife = Duration.ofMillis(20)));
        first.drop();
        await().until(() -> upstream.liveSessions().isEmpty());

        assertThat(world.connect().resume(session, 1).next(9).getBoolean("d")).isFalse();
    }

    @Test
    void session_resumedBeforeItsLifeEnded_livesOn() {
        upstream.rules(upstream.rules().with(draft -> draft.sessionLife = Duration.ofSeconds(2)));
        first.drop();
        awaitDetached();
        ShardClient second = world.connect();
        second.resume(session, 1).event("RESUMED");

        // one whose life ends later
        ShardClient other = world.connect();
        other.ready(1, 16);
        other.drop();
        await().until(() -> upstream.liveSessions().size() == 1);

        assertThat(upstream.liveSessions()).extracting(SessionSeen::id).containsExactly(session);
    }

    @Test
    void resume_withOtherCompression_isRecorded() {
        ShardClient second = world.connect("&compress=zlib-stream");
        second.resume(session, 1).event("RESUMED");

        assertThat(world.offences()).containsExactly(Rule.RESUME_QUERY);
    }

    @Test
    void resume_withWrongToken_isClosed() {
        ShardClient second = world.connect();
        second.next(10);
        second.send(6, new JsonObject().put("token", "other").put("session_id", session).put("seq", 1));

        world.assertOffended(second, Rule.AUTHENTICATION);
        assertThat(upstream.liveSessions()).hasSize(1);
    }

    @Test
    void resume_takesNoStart() {
        world.connect().resume(session, 1).event("RESUMED");

        assertThat(world.bot().getJsonObject("session_start_limit").getInteger("remaining")).isEqualTo(999);
    }
}
