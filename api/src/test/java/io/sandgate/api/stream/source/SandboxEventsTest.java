package io.sandgate.api.stream.source;

import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.SandboxChange.Cause;
import io.sandgate.sandbox.SandboxChange.Kind;
import io.sandgate.sandbox.SandboxState;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/// What a replica tells of its sandboxes.
class SandboxEventsTest {
    private static final Sandbox RUNNING = Life.sandbox("i1", SandboxState.RUNNING);
    private static final Sandbox PAUSED = Life.sandbox("i1", SandboxState.PAUSED);

    @RegisterExtension
    final SourcesRig rig = new SourcesRig();

    @Test
    void sandbox_life_isTold() {
        rig.hear(Kind.CREATED, RUNNING);
        Event created = rig.log.last();
        assertThat(created.kind()).isEqualTo("sandbox.created");
        assertThat(created.subject()).isEqualTo("sandbox/i1");
        assertThat(created.sandbox()).isEqualTo("i1");
        assertThat(created.owner()).isEqualTo("team");
        assertThat(created.metadata()).isEqualTo(Map.of("a", "b"));
        assertThat(created.at()).isEqualTo(Life.START.plusSeconds(10));
        assertThat(created.reach()).isEqualTo(Reach.CLUSTER);
        assertThat(rig.log.lastData()).isEqualTo(new JsonObject("""
                {"state":"running","template":"base","uid":"u-i1","startedAt":"2026-11-22T10:00:00Z",
                "endAt":"2026-11-22T10:05:00Z","timeout":300,"cpuCount":1,"memoryMB":512,
                "runningSince":"2026-11-22T10:00:10Z"}"""));

        rig.hear(Kind.UPDATED, RUNNING);
        rig.hear(Kind.SNAPSHOTTED, RUNNING);
        assertThat(rig.log.lastData().getString("snapshot")).isEqualTo("s1");
        rig.hear(Kind.PAUSED, PAUSED, Cause.DEADLINE);
        assertThat(rig.log.lastData().getString("state")).isEqualTo("paused");
        assertThat(rig.log.lastData().getString("reason")).isEqualTo("deadline");
        assertThat(rig.log.lastData().getString("runningSince")).isEqualTo("2026-11-22T10:00:10Z");
        rig.hear(Kind.RESUMED, RUNNING);
        rig.hear(Kind.KILLED, RUNNING, Cause.EXIT);
        assertThat(rig.log.lastData().getString("state")).isEqualTo("killed");
        assertThat(rig.log.lastData().getString("reason")).isEqualTo("exit");

        assertThat(rig.log.kinds()).containsExactly("sandbox.created", "sandbox.updated", "sandbox.snapshotted",
                "sandbox.paused", "sandbox.resumed", "sandbox.killed");
        assertThat(rig.log.events()).extracting(Event::last).containsExactly(false, false, false, false, false, true);
        assertThat(rig.log.events().toString()).doesNotContain("secret").doesNotContain("127.64.0.1");
    }

    @Test
    void sandbox_thatDidNotRun_hasNoBeginningOfItsRun() {
        rig.hear(Kind.CREATED, RUNNING);
        rig.hear(Kind.PAUSED, PAUSED);
        rig.hear(Kind.KILLED, PAUSED);
        assertThat(rig.log.lastData().containsKey("runningSince")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"CREATING, creating, ", "RUNNING, running, ", "PAUSING, running, ", "PAUSED, paused, ",
            "STOPPED, paused, false", "RESUMING, paused, ", "KILLING, killed, "})
    void sandbox_inEachState_isToldAsOneOfTheFewThatUsersKnow(SandboxState state, String word, Boolean memory) {
        rig.hear(Kind.UPDATED, Life.sandbox("i1", state));
        assertThat(rig.log.lastData().getString("state")).isEqualTo(word);
        assertThat(rig.log.lastData().getBoolean("memory")).isEqualTo(memory);
    }

    @ParameterizedTest
    @CsvSource({"RESUMED, REQUEST, ", "RESUMED, DEADLINE, deadline", "PAUSED, REQUEST, request",
            "KILLED, REPLICA_STOP, replica-stop"})
    void reason_isToldOfWhatEndedARunAndOfWhatNobodyAskedFor(Kind kind, Cause cause, String reason) {
        rig.hear(kind, RUNNING, cause);
        assertThat(rig.log.lastData().getString("reason")).isEqualTo(reason);
    }

    @Test
    void snapshot_ofASandboxThatChangedSince_doesNotUndoItsState() {
        rig.hear(Kind.CREATED, RUNNING);
        rig.hear(Kind.PAUSED, PAUSED);
        rig.hear(Kind.SNAPSHOTTED, RUNNING);
        assertThat(rig.state()).containsEntry("sandbox/i1", "paused");
        rig.hear(Kind.KILLED, PAUSED);
        rig.hear(Kind.SNAPSHOTTED, RUNNING);
        assertThat(rig.log.last().kind()).isEqualTo("sandbox.snapshotted");
        assertThat(rig.state()).isEmpty();
    }

    @Test
    void metadata_tooLarge_isLeftOut() {
        rig.hear(Kind.CREATED, Life.sandbox("i1", SandboxState.RUNNING, Map.of("a", "x".repeat(70_000))));
        assertThat(rig.log.last().metadata()).isEmpty();
    }

    @Test
    void sandbox_thatIsGone_isKilledInTheLog_withWhatWasKnownOfIt() {
        rig.hear(Kind.CREATED, RUNNING);
        rig.compare(rig.open());
        assertThat(rig.log.events()).hasSize(2);

        assertThat(rig.log.last().kind()).isEqualTo("sandbox.killed");
        assertThat(rig.log.last().owner()).isEqualTo("team");
        assertThat(rig.log.last().metadata()).isEqualTo(Map.of("a", "b"));
        assertThat(rig.log.lastData().getString("reason")).isEqualTo("found at start");
        assertThat(rig.log.lastData().getString("template")).isEqualTo("base");
        assertThat(rig.state()).isEmpty();
    }

    @Test
    void sandbox_thatWasFound_isKnownToRunSinceThen() {
        rig.hear(Kind.CREATED, RUNNING);
        Sources next = rig.open();
        next.sandboxes().changed(Life.change(Kind.FOUND, RUNNING));
        rig.compare(next);
        next.sandboxes().changed(Life.change(Kind.KILLED, RUNNING));
        assertThat(rig.log.lastData().getString("runningSince")).isEqualTo("2026-11-22T10:00:10Z");
    }

    @ParameterizedTest
    @CsvSource({"u-i1, paused", "u-before, running"})
    void run_thatIsNotTheOneThatTheLogHas_hasNoBeginning(String uid, String state) {
        rig.log.append(new Event("sandbox.updated", "sandbox/i1", false, Life.START, "i1", "team", Map.of("a", "b"),
                new JsonObject().put("uid", uid).put("state", state).put("runningSince", "2026-11-22T09:00:00Z")
                        .encode(),
                Reach.CLUSTER));
        rig.hear(Kind.FOUND, RUNNING);
        rig.compare();
        assertThat(rig.log.kinds()).containsExactly("sandbox.updated", "sandbox.updated");
        assertThat(rig.log.last().at()).isEqualTo(Life.START.plusSeconds(20));
        assertThat(rig.log.lastData().getString("reason")).isEqualTo("found at start");
        assertThat(rig.log.lastData().containsKey("runningSince")).isFalse();
    }
}
