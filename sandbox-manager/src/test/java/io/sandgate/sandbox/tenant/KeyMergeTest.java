package io.sandgate.sandbox.tenant;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// The laws of a join, and what it keeps.
class KeyMergeTest {

    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

    @RepeatedTest(200)
    void join_inAnyOrderAndRepeated_endsTheSame(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<KeyRecord> said = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            said.add(anyRecord(random));
        }
        KeyRecord expected = said.stream().reduce(KeyMerge::join).orElseThrow();

        List<KeyRecord> heard = new ArrayList<>(said);
        heard.addAll(said.subList(0, 3));
        Collections.shuffle(heard, random);
        KeyRecord left = heard.stream().reduce(KeyMerge::join).orElseThrow();
        KeyRecord right = heard.reversed().stream().reduce((a, b) -> KeyMerge.join(b, a)).orElseThrow();
        KeyRecord halves = KeyMerge.join(heard.subList(0, 4).stream().reduce(KeyMerge::join).orElseThrow(),
                heard.subList(4, heard.size()).stream().reduce(KeyMerge::join).orElseThrow());

        assertThat(List.of(left, right, halves)).containsOnly(expected);
        assertThat(expected.isRevoked()).isEqualTo(said.stream().anyMatch(KeyRecord::isRevoked));
    }

    @Test
    void join_ofARevocationAndALaterChange_isRevokedWithoutLimits() {
        KeyRecord revoked = record("a", 1, "r1").revoked(START);
        KeyRecord renamed = record("b", 9, "r2").with("b", new Quota(1, 2, 3), 7);

        KeyRecord joined = KeyMerge.join(renamed, revoked);

        assertThat(joined.isRevoked()).isTrue();
        assertThat(joined.name()).isEqualTo("b");
        assertThat(joined.quota()).isEqualTo(Quota.NONE);
        assertThat(joined.rate()).isEqualTo(KeyRecord.STANDARD_RATE);
    }

    @Test
    void join_ofTwoChanges_keepsTheNewerOne() {
        assertThat(KeyMerge.join(record("a", 2, "r1"), record("b", 1, "r9")).name()).isEqualTo("a");
        assertThat(KeyMerge.join(record("a", 2, "r1"), record("b", 2, "r2")).name()).isEqualTo("b");
    }

    @Test
    void fingerprint_ofWhatDiffers_differs() {
        KeyRecord record = record("a", 1, "r1");

        assertThat(KeyMerge.fingerprint(record)).isEqualTo(KeyMerge.fingerprint(record("a", 1, "r1")))
                .isNotEqualTo(KeyMerge.fingerprint(record.revoked(START)))
                .isNotEqualTo(KeyMerge.fingerprint(record("b", 1, "r1")))
                .isNotEqualTo(KeyMerge.fingerprint(record("a", 2, "r1")));
    }

    private static KeyRecord anyRecord(Random random) {
        KeyRecord record = record("n" + random.nextInt(3), 1 + random.nextInt(3), "r" + random.nextInt(2))
                .with("n" + random.nextInt(2), new Quota(random.nextInt(2), 5, Quota.NO_LIMIT), random.nextInt(2));
        return random.nextInt(5) == 0 ? record.revoked(START.plusSeconds(random.nextInt(3))) : record;
    }

    static KeyRecord record(String name, long count, String replica) {
        return new KeyRecord("k1", "team-a", name, KeyHash.of("key"), "abcd", false, START, "root", Quota.NONE,
                KeyRecord.STANDARD_RATE, KeyRecord.NEVER, new KeyVersion(count, replica));
    }
}
