package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.backfill.SweepCursor;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.vertx.core.json.JsonArray;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SweepCursorsTest {
    private static final ShardId SHARD = new ShardId(1, 4);
    private static final ShardId OTHER = new ShardId(2, 4);

    private final SweepCursors cursors = new SweepCursors();

    @TempDir
    Path directory;

    @Test
    void cursor_ofAShard_onlyGoesOn() {
        cursors.moved(cursor(SHARD, 50, 1));
        cursors.learn(cursor(SHARD, 40, 1));
        cursors.learn(cursor(SHARD, 90, 0));
        assertThat(cursors.of(SHARD)).isEqualTo(cursor(SHARD, 50, 1));

        cursors.learn(cursor(SHARD, 10, 2));
        assertThat(cursors.of(SHARD)).isEqualTo(cursor(SHARD, 10, 2));
        assertThat(cursors.of(OTHER)).isEqualTo(SweepCursor.start(OTHER));
        assertThat(cursors.find(List.of(SHARD, OTHER))).containsExactly(cursor(SHARD, 10, 2));
    }

    @Test
    void moved_isTakenOnce_untilItIsRepeated() {
        cursors.moved(cursor(SHARD, 50, 0));
        cursors.moved(cursor(SHARD, 60, 0));
        cursors.learn(cursor(OTHER, 7, 0));

        assertThat(cursors.takeMoved()).containsExactly(cursor(SHARD, 60, 0));
        assertThat(cursors.takeMoved()).isEmpty();
        cursors.repeat();
        assertThat(cursors.takeMoved()).containsExactlyInAnyOrder(cursor(SHARD, 60, 0), cursor(OTHER, 7, 0));
    }

    @Test
    void changes_areTakenOnce() {
        assertThat(cursors.takeChanges()).isEmpty();
        cursors.learn(cursor(SHARD, 50, 0));
        assertThat(cursors.takeChanges()).contains(List.of(cursor(SHARD, 50, 0)));
        cursors.learn(cursor(SHARD, 50, 0));
        assertThat(cursors.takeChanges()).isEmpty();
    }

    @Test
    void shards_ofAnotherNumber_areForgotten() {
        cursors.moved(cursor(SHARD, 50, 0));
        cursors.moved(cursor(new ShardId(1, 8), 51, 0));

        cursors.keep(8);

        assertThat(cursors.of(SHARD)).isEqualTo(SweepCursor.start(SHARD));
        assertThat(cursors.takeMoved()).containsExactly(cursor(new ShardId(1, 8), 51, 0));
    }

    @Test
    void file_keepsThem_andOneThatIsBrokenCountsAsEmpty() throws Exception {
        Path path = directory.resolve("sweep.json");
        SweepFile file = new SweepFile(path);
        assertThat(file.load()).isEmpty();

        List<SweepCursor> some = List.of(cursor(SHARD, 1_234_567_890_123_456_789L, 3), cursor(OTHER, 0, 0));
        file.save(some);
        file.save(some);
        assertThat(new SweepFile(path).load()).isEqualTo(some);

        for (String broken : List.of("", "[]", "{\"version\":2}", "{\"version\":1,\"cursors\":[[1]]}",
                "{\"version\":1,\"cursors\":[[5,4,0,0]]}", "{\"version\":\"1\"}")) {
            Files.writeString(path, broken);
            assertThat(new SweepFile(path).load()).as(broken).isEmpty();
        }
    }

    @Test
    void json_thatIsNoCursor_isRefused() {
        assertThatThrownBy(() -> SweepCursors.read(new JsonArray().add(new JsonArray().add(1).add(4).add(-1).add(0))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("expected: nothing negative");
        assertThatThrownBy(() -> SweepCursors.read(new JsonArray().add("x")))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("expected: arrays of four numbers");
    }

    private static SweepCursor cursor(ShardId shard, long guild, long wraps) {
        return new SweepCursor(shard, guild, wraps);
    }
}
