package io.sandgate.proxy.replicate;

import io.sandgate.proxy.replicate.PendingChanges.Entry;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.TrafficRules;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static io.sandgate.proxy.route.Routes.running;
import static org.assertj.core.api.Assertions.assertThat;

class PendingChangesTest {
    private final PendingChanges pending = new PendingChanges(3);

    private static Entry entry(String name, long version, Delivery... deliveries) {
        return new Entry(EncodedRoute.of(running(name, version)), List.of(deliveries));
    }

    private List<Route> take(int routes, int bytes) {
        return pending.take(routes, bytes).stream().map(taken -> taken.change().route()).toList();
    }

    @Test
    void put_ofTheSameRoute_keepsTheNewestAndEveryCaller() {
        Delivery one = new Delivery(1, Set.of("p"));
        Delivery two = new Delivery(1, Set.of("p"));
        Delivery three = new Delivery(1, Set.of("p"));
        pending.put(entry("a", 2, one));
        pending.put(entry("a", 3, two));
        pending.put(entry("a", 1, three));
        assertThat(pending.size()).isOne();
        Entry taken = pending.take(10, 10_000).getFirst();
        assertThat(taken.change().route()).isEqualTo(running("a", 3));
        assertThat(taken.deliveries()).containsExactly(one, two, three);
    }

    @Test
    void put_ofADeletionAtTheSameVersion_isTheLastWord() {
        Route deletion = running("a", 2).dead(running("a", 2).version());
        pending.put(entry("a", 2));
        pending.put(new Entry(EncodedRoute.of(deletion), List.of()));
        pending.put(entry("a", 2));
        assertThat(take(10, 10_000)).containsExactly(deletion);
    }

    @Test
    void put_forgetsCallersWhoWereAnswered() {
        Delivery done = new Delivery(1, Set.of("p"));
        Delivery open = new Delivery(1, Set.of("p"));
        pending.put(entry("a", 1, done));
        done.failed("p");
        pending.put(entry("a", 2, open));
        assertThat(pending.take(1, 1).getFirst().deliveries()).containsExactly(open);
    }

    @Test
    void put_beyondCapacity_isRefusedUnlessItReplaces() {
        assertThat(pending.put(entry("a", 1))).isTrue();
        assertThat(pending.put(entry("b", 1))).isTrue();
        assertThat(pending.put(entry("c", 1))).isTrue();
        assertThat(pending.put(entry("d", 1))).isFalse();
        assertThat(pending.put(entry("a", 2))).isTrue();
        assertThat(take(10, 10_000)).containsExactly(running("a", 2), running("b", 1), running("c", 1));
        assertThat(pending.isEmpty()).isTrue();
    }

    @Test
    void take_isBoundedByCountAndBytesAndNeverEmpty() {
        pending.put(entry("a", 1));
        pending.put(entry("b", 1));
        pending.put(entry("c", 1));
        int bytes = EncodedRoute.of(running("a", 1)).json().length() + 1;
        assertThat(take(2, 10_000)).hasSize(2);
        assertThat(pending.size()).isOne();
        pending.put(entry("a", 2));
        assertThat(take(10, 1)).containsExactly(running("c", 1));
        pending.put(entry("b", 2));
        pending.put(entry("c", 2));
        assertThat(take(10, 2 * bytes)).hasSize(2);
        assertThat(take(10, 2 * bytes)).hasSize(1);
        assertThat(take(10, 2 * bytes)).isEmpty();
    }

    @Test
    void clear_givesEverything() {
        pending.put(entry("a", 1));
        pending.put(entry("b", 1));
        assertThat(pending.clear()).hasSize(2);
        assertThat(pending.size()).isZero();
    }

    @Test
    void s10_encodedRoute_hidesItsJson() {
        Route route = new Route("default", "a", "a", "u", "", "10.0.0.1", "running", running("a", 1).version(), "",
                TrafficRules.OPEN,
                "\"accessToken\":\"s3cret\"");
        EncodedRoute encoded = EncodedRoute.of(route);
        assertThat(encoded.json().toString()).contains("s3cret");
        assertThat(encoded.toString()).doesNotContain("s3cret");
        assertThat(new Entry(encoded, List.of()).toString()).doesNotContain("s3cret");
    }
}
