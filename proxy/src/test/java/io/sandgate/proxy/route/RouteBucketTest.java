package io.sandgate.proxy.route;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Compares a bucket with a map over random histories, in which every key has the hash of seven others.
class RouteBucketTest {

    private static final List<RouteKey> KEYS = IntStream.range(0, 64)
            .mapToObj(i -> Routes.key(alike(i & 7) + (i >> 3))).toList();

    /// One of eight words with the same hash.
    private static String alike(int number) {
        StringBuilder word = new StringBuilder();
        for (int bit = 0; bit < 3; bit++) {
            word.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return word.toString();
    }

    @Test
    void bucket_randomChanges_holdsWhatAMapHolds() {
        Random random = new Random(7);
        for (int history = 0; history < 200; history++) {
            Map<RouteKey, Route> expected = new HashMap<>();
            RouteBucket bucket = RouteBucket.empty();
            int keys = 1 + random.nextInt(KEYS.size());
            for (int step = 1; step <= 300; step++) {
                RouteKey key = KEYS.get(random.nextInt(keys));
                if (random.nextInt(3) > 0) {
                    Route route = Routes.running(key.name(), step);
                    expected.put(key, route);
                    bucket = bucket.with(route);
                } else if (expected.remove(key) != null) {
                    bucket = bucket.without(key);
                }
                assertThat(bucket.size()).isEqualTo(expected.size());
            }
            assertThat(bucket.routes()).containsExactlyInAnyOrderElementsOf(expected.values());
            for (RouteKey key : KEYS) {
                assertThat(bucket.get(key)).isSameAs(expected.get(key));
            }
        }
    }

    @Test
    void without_aRoute_leavesTheFormerBucketAsItWas() {
        RouteBucket before = RouteBucket.empty().with(Routes.running(KEYS.get(0).name(), 1))
                .with(Routes.running(KEYS.get(1).name(), 1));

        RouteBucket after = before.without(KEYS.get(0));

        assertThat(before.routes()).hasSize(2);
        assertThat(after.get(KEYS.get(1))).isNotNull();
    }
}
