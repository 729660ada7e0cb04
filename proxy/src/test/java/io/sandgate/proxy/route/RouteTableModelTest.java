package io.sandgate.proxy.route;

import io.sandgate.proxy.route.RouteResult.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Compares the table with a naive one over random histories.
class RouteTableModelTest {
    private static final Duration LIFE = Duration.ofMinutes(10);
    private static final List<String> AUTHORITIES = List.of("", "r1", "r2", "r3");

    /// What the rules say, written down without any thought for speed.
    private static final class Oracle {
        private record Gone(RouteVersion version, String authority, long since) {}

        final Map<RouteKey, Route> records = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        final Map<RouteKey, Gone> fences = new HashMap<>();
        final Map<String, RouteKey> ids = new HashMap<>();
        long cleanedAt;
        long now;

        Outcome apply(Route route) {
            cleanUp();
            RouteKey key = route.key();
            Route record = records.get(key);
            Gone fence = fences.get(key);
            RouteVersion known = record != null ? record.version() : fence != null ? fence.version() : null;
            if (known != null) {
                String holder = record != null ? record.authority() : Objects.requireNonNull(fence).authority();
                boolean replicas = !holder.isEmpty() && !route.authority().isEmpty();
                int order = Long.compare(route.version().epoch(), known.epoch());
                if (order == 0 && replicas) {
                    order = route.authority().compareTo(holder);
                }
                if (order == 0 || !replicas) {
                    order = route.version().compareTo(known);
                }
                if (order < 0 || (order == 0 && !route.isDead())) {
                    return Outcome.IGNORED;
                }
            }
            if (record != null && record.authority().isEmpty() != route.authority().isEmpty()) {
                return Outcome.IGNORED;
            }
            long epoch = known == null ? 0 : known.epoch();
            if (!route.authority().isEmpty() && route.version().epoch() - epoch > 1_000) {
                return Outcome.INVALID;
            }
            if (record != null) {
                ids.remove(record.id(), key);
            }
            if (route.isDead()) {
                records.remove(key);
                fences.put(key, new Gone(route.version(), route.authority(), fence == null ? now : fence.since()));
            } else {
                fences.remove(key);
                records.put(key, route);
                ids.put(route.id(), key);
            }
            return Outcome.APPLIED;
        }

        private void cleanUp() {
            if (now - cleanedAt >= Duration.ofMinutes(1).toNanos()) {
                cleanedAt = now;
                fences.values().removeIf(fence -> now - fence.since() > LIFE.toNanos());
            }
        }

        @Nullable
        Route find(String id) {
            RouteKey key = ids.get(id);
            return key == null ? null : records.get(key);
        }

        RouteVersion next(RouteKey key, String authority) {
            Route record = records.get(key);
            Gone fence = fences.get(key);
            if (record == null && fence == null) {
                return RouteVersion.of(0, 1);
            }
            RouteVersion last = record != null ? record.version() : Objects.requireNonNull(fence).version();
            String holder = record != null ? record.authority() : Objects.requireNonNull(fence).authority();
            return holder.equals(authority) ? last.next() : last.nextEpoch();
        }
    }

    @Test
    void table_overRandomHistories_isTheOracle() {
        for (long seed = 1; seed <= 2_000; seed++) {
            history(seed);
        }
    }

    private static void history(long seed) {
        Random random = new Random(seed);
        long[] now = {0};
        Oracle oracle = new Oracle();
        RouteTable table = new RouteTable(new RouteTable.Limits(1_000, 1_000, LIFE),
                AddressRanges.of(List.of("127.64.0.0/10")), () -> now[0]);
        Map<RouteKey, Route> told = new HashMap<>();
        table.onChange(change -> {
            Route of = change.after() != null ? change.after() : Objects.requireNonNull(change.before());
            assertThat(change.before()).as("what the listener knows").isEqualTo(told.get(of.key()));
            if (change.after() == null) {
                told.remove(of.key());
            } else {
                told.put(of.key(), change.after());
            }
        });
        for (int step = 0; step < 60; step++) {
            if (random.nextInt(4) == 0) {
                now[0] += random.nextLong(Duration.ofMinutes(random.nextInt(5) == 0 ? 11 : 1).toNanos());
                oracle.now = now[0];
            }
            Route route = random(random, oracle);
            String as = "seed %d, step %d, %s".formatted(seed, step, route);
            assertThat(table.apply(route).outcome()).as(as).isEqualTo(oracle.apply(route));
            assertSame(table, oracle, as);
            assertThat(told).as(as).isEqualTo(oracle.records);
        }
    }

    private static Route random(Random random, Oracle oracle) {
        RouteKey key = new RouteKey("default", "n" + random.nextInt(4));
        String authority = AUTHORITIES.get(random.nextInt(AUTHORITIES.size()));
        RouteVersion version = switch (random.nextInt(8)) {
            case 0 -> RouteVersion.of(random.nextInt(1, 4));
            case 1 -> RouteVersion.of(random.nextInt(3), random.nextInt(1, 4));
            case 2 -> RouteVersion.of(900 + random.nextInt(1_200), random.nextInt(1, 3));
            case 3 -> oracle.records.containsKey(key)
                    ? Objects.requireNonNull(oracle.records.get(key)).version()
                    : RouteVersion.of(1);
            default -> oracle.next(key, authority);
        };
        boolean dead = random.nextInt(3) == 0;
        return new Route(key.namespace(), key.name(), "id" + random.nextInt(3), "u" + random.nextInt(9), "",
                "127.77.0.1",
                dead ? "dead" : "running", version, authority, TrafficRules.OPEN, null);
    }

    private static void assertSame(RouteTable table, Oracle oracle, String as) {
        assertThat(stateOf(table)).as(as).isEqualTo(stateOf(oracle));
    }

    private static List<@Nullable Object> stateOf(RouteTable table) {
        List<Route> records = new ArrayList<>();
        table.routes().forEach(records::add);
        return state(records, table.size(), table.fenceCount(), table::find, table::nextVersion);
    }

    private static List<@Nullable Object> stateOf(Oracle oracle) {
        return state(oracle.records.values(), oracle.records.size(), oracle.fences.size(), oracle::find, oracle::next);
    }

    private static List<@Nullable Object> state(Collection<Route> records, int size, int fences,
            Function<String, @Nullable Route> find, BiFunction<RouteKey, String, RouteVersion> next) {
        List<@Nullable Object> state = new ArrayList<>(List.of(new HashSet<>(records), size, fences));
        for (int id = 0; id < 3; id++) {
            state.add(find.apply("id" + id));
        }
        for (int name = 0; name < 4; name++) {
            for (String authority : AUTHORITIES) {
                state.add(next.apply(new RouteKey("default", "n" + name), authority));
            }
        }
        return state;
    }
}
