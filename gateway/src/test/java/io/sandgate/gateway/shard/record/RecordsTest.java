package io.sandgate.gateway.shard.record;

import io.sandgate.gateway.shard.VirtualLoop;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.record.RecordFile.Kept;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class RecordsTest {
    private static final ShardId SHARD = new ShardId(1, 4);

    private final SessionRecords records = new SessionRecords();

    private static SessionRecord record(long epoch, String session, long sequence, long updatedAt) {
        return record(SHARD, epoch, session, sequence, updatedAt);
    }

    private static SessionRecord record(ShardId shard, long epoch, String session, long sequence, long updatedAt) {
        return new SessionRecord(shard, epoch, "a", session, URI.create("wss://x.example"), sequence, 3, "NONE", 1,
                updatedAt);
    }

    @Test
    void newerRecord_isOfALaterEpoch_thenSequence_thenMoment() {
        SessionRecord first = record(1, "s", 5, 10);

        assertThat(record(2, "t", 1, 1).isNewerThan(first)).isTrue();
        assertThat(record(1, "s", 6, 1).isNewerThan(first)).isTrue();
        assertThat(record(1, "s", 4, 99).isNewerThan(first)).isFalse();
        assertThat(record(1, "t", 1, 11).isNewerThan(first)).as("another session of the same owner").isTrue();
        assertThat(record(1, "s", 5, 11).isNewerThan(first)).isTrue();
        assertThat(first.isNewerThan(first)).isFalse();
    }

    @Test
    void records_keepTheNewest() {
        assertThat(records.put(record(2, "s", 5, 10))).isTrue();
        assertThat(records.put(record(1, "s", 9, 99))).isFalse();

        assertThat(records.find(SHARD)).contains(record(2, "s", 5, 10));
        assertThat(records.takeChanges()).hasValueSatisfying(all -> assertThat(all).hasSize(1));
        assertThat(records.takeChanges()).isEmpty();
    }

    @Test
    void forgetting_leavesWhatALaterOwnerWrote() {
        records.put(record(2, "s", 5, 10));

        records.forget(SHARD, 1);
        assertThat(records.find(SHARD)).isPresent();
        records.forget(SHARD, 2);
        assertThat(records.find(SHARD)).isEmpty();
    }

    @Test
    void records_thatNobodyCanResume_areDropped() {
        records.put(record(2, "s", 5, 1_000));

        records.dropOlderThan(Duration.ofSeconds(4), 4_999);
        assertThat(records.all()).hasSize(1);
        records.dropOlderThan(Duration.ofSeconds(4), 5_000);
        assertThat(records.all()).isEmpty();
    }

    @Test
    void file_keepsRecordsAndPlan_forItsUserAlone(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("shards").resolve("sessions.json");
        RecordFile file = new RecordFile(path, "bot");
        assertThat(file.load()).isEqualTo(Kept.NOTHING);
        Kept kept = new Kept(new JsonObject().put("version", 3), List.of(record(2, "s", 5, 10)));

        file.save(Kept.NOTHING);
        file.save(kept);

        assertThat(new RecordFile(path, "bot").load()).isEqualTo(kept);
        assertThat(new RecordFile(path, "another").load()).isEqualTo(Kept.NOTHING);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-------");
    }

    @Test
    void file_thatIsNone_countsAsEmpty(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("sessions.json");
        for (String content : List.of("", "{", "[]", "{\"version\":2}",
                "{\"version\":1,\"bot\":\"bot\",\"records\":[1]}",
                "{\"version\":1,\"bot\":\"bot\",\"records\":[{\"number\":9,\"count\":4}]}")) {
            Files.writeString(path, content);
            assertThat(new RecordFile(path, "bot").load()).as(content).isEqualTo(Kept.NOTHING);
        }
    }

    @Test
    void copies_goToTwoOthers_theNewestOnly_oneRequestAtATime() {
        VirtualLoop loop = new VirtualLoop(0);
        Map<String, List<List<SessionRecord>>> sent = new TreeMap<>();
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        RecordCopies copies = new RecordCopies(loop, 2, (member, some) -> {
            sent.computeIfAbsent(member, ignored -> new ArrayList<>()).add(some);
            CompletableFuture<Void> answer = new CompletableFuture<>();
            answers.add(answer);
            return answer;
        });
        assertThat(copies.others(List.of("a", "b", "c"))).isTrue();
        assertThat(copies.others(List.of("a", "b", "c"))).isFalse();

        copies.copy(List.of(record(1, "s", 1, 1)));
        copies.copy(List.of(record(1, "s", 2, 2)));
        copies.copy(List.of(record(1, "s", 3, 3)));
        assertThat(sent).containsOnlyKeys("b", "c").allSatisfy((member, all) -> assertThat(all).hasSize(1));
        answers.forEach(answer -> answer.complete(null));
        loop.run();
        copies.copy(List.of());

        assertThat(sent.get("b")).containsExactly(List.of(record(1, "s", 1, 1)), List.of(record(1, "s", 3, 3)));
        assertThat(copies.waiting()).isZero();
    }

    @Test
    void copy_thatDidNotArrive_isSentAgain_unlessThereIsANewerOne() {
        VirtualLoop loop = new VirtualLoop(0);
        List<List<SessionRecord>> sent = new ArrayList<>();
        RecordCopies copies = new RecordCopies(loop, 1, (member, some) -> {
            sent.add(some);
            return sent.size() == 1
                    ? CompletableFuture.failedFuture(new IOException("away"))
                    : CompletableFuture.completedFuture(null);
        });
        copies.others(List.of("a"));
        ShardId other = new ShardId(2, 4);

        copies.copy(List.of(record(1, "s", 1, 1), record(other, 1, "t", 1, 1)));
        loop.run();
        copies.copy(List.of(record(1, "s", 2, 2)));

        assertThat(sent.get(1)).containsExactlyInAnyOrder(record(1, "s", 2, 2), record(other, 1, "t", 1, 1));
    }
}
