package io.sandgate.gateway.shard.backfill;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// The tables of guilds against those of the JDK, over random changes.
class GuildTablesTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void countTable_randomChanges_isAMap(long seed) {
        Random random = new Random(seed);
        CountTable table = new CountTable();
        Map<Long, Integer> model = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            // few guilds, so that many are removed again and places collide
            long guild = 1L + random.nextInt(step < 10_000 ? 2_000 : 300);
            if (random.nextInt(3) == 0) {
                assertThat(table.remove(guild)).isEqualTo(model.remove(guild) != null);
            } else {
                int count = random.nextInt(1_000);
                table.put(guild, count);
                model.put(guild, count);
            }
            long other = 1L + random.nextInt(2_000);
            assertThat(table.get(other)).isEqualTo(model.getOrDefault(other, CountTable.NONE));
        }
        assertThat(table.size()).isEqualTo(model.size());
        Map<Long, Integer> copied = new HashMap<>();
        table.copy().each(copied::put);
        assertThat(copied).isEqualTo(model);
    }

    @Test
    void countTable_guildThatMarksAFreePlace_hasNoCount() {
        CountTable table = new CountTable();
        assertThat(table.get(0)).isEqualTo(CountTable.NONE);
        assertThat(table.remove(0)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void guildSet_randomChanges_isASortedSet(long seed) {
        Random random = new Random(seed);
        GuildSet set = new GuildSet(200);
        TreeSet<Long> model = new TreeSet<>();
        for (int step = 0; step < 5_000; step++) {
            long guild = 1L + random.nextInt(300);
            if (random.nextInt(4) == 0) {
                set.remove(guild);
                model.remove(guild);
            } else {
                boolean expected = model.contains(guild) || model.size() < 200;
                assertThat(set.add(guild)).isEqualTo(expected);
                if (expected) {
                    model.add(guild);
                }
            }
            long bound = random.nextInt(302);
            assertThat(set.upTo(bound)).isEqualTo(model.headSet(bound, true).size());
        }
        List<Long> all = new ArrayList<>();
        for (int place = 0; place < set.size(); place++) {
            all.add(set.at(place));
        }
        assertThat(all).containsExactlyElementsOf(model);
    }

    @Test
    void guildQueue_sameMoment_givesThemInTheOrderInWhichTheyCame() {
        GuildQueue queue = new GuildQueue(10);
        queue.put(3, 0, 100);
        queue.put(1, 0, 100);
        queue.put(2, 0, 50);
        assertThat(queue.firstReady(49)).isNull();
        assertThat(drain(queue, 100)).containsExactly(2L, 3L, 1L);
    }

    @Test
    void guildQueue_putAgain_isInItOnceWithTheNewMoment() {
        GuildQueue queue = new GuildQueue(2);
        queue.put(1, 0, 100);
        queue.put(2, 0, 100);
        assertThat(queue.put(1, 1, 200)).isTrue();
        assertThat(queue.put(3, 0, 100)).isFalse();
        assertThat(queue.size()).isEqualTo(2);
        assertThat(drain(queue, 199)).containsExactly(2L);
        assertThat(drain(queue, 200)).containsExactly(1L);
        assertThat(queue.isEmpty()).isTrue();
    }

    private static List<Long> drain(GuildQueue queue, long now) {
        List<Long> guilds = new ArrayList<>();
        for (var next = queue.firstReady(now); next != null; next = queue.firstReady(now)) {
            guilds.add(next.guild());
            queue.remove(next.guild());
        }
        return guilds;
    }
}
