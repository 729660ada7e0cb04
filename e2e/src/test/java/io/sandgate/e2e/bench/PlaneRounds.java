package io.sandgate.e2e.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What contenders made of the same load, in rounds in which they took turns.
///
/// What the machine does besides hits single rounds; so a ratio is the median of the ratios of each round.
final class PlaneRounds {

    private final Map<String, List<LoadResult>> results = new LinkedHashMap<>();

    /// One that takes a load.
    interface Contender {
        LoadResult take(Load load) throws Exception;
    }

    /// Lets each contender take the load in turn, round after round.
    static PlaneRounds run(int count, Map<String, Contender> contenders, Load load) throws Exception {
        PlaneRounds rounds = new PlaneRounds();
        for (int i = 0; i < count; i++) {
            for (Map.Entry<String, Contender> contender : contenders.entrySet()) {
                rounds.results.computeIfAbsent(contender.getKey(), name -> new ArrayList<>())
                        .add(contender.getValue().take(load));
            }
        }
        return rounds;
    }

    Set<String> names() {
        return results.keySet();
    }

    private List<LoadResult> of(String name) {
        return results.getOrDefault(name, List.of());
    }

    /// The median of a figure over all rounds.
    double median(String name, ToDoubleFunction<LoadResult> figure) {
        return Median.of(of(name).stream().mapToDouble(figure));
    }

    /// The median over all rounds of the figure of one divided by that of another.
    double ratio(String name, String base, ToDoubleFunction<LoadResult> figure) {
        List<LoadResult> these = of(name);
        List<LoadResult> those = of(base);
        return Median.of(IntStream.range(0, Math.min(these.size(), those.size()))
                .mapToDouble(i -> figure.applyAsDouble(these.get(i)) / figure.applyAsDouble(those.get(i))));
    }

    /// The median over all rounds of how much larger the figure of one is than that of another.
    double added(String name, String base, ToDoubleFunction<LoadResult> figure) {
        List<LoadResult> these = of(name);
        List<LoadResult> those = of(base);
        return Median.of(IntStream.range(0, Math.min(these.size(), those.size()))
                .mapToDouble(i -> figure.applyAsDouble(these.get(i)) - figure.applyAsDouble(those.get(i))));
    }

    /// All results of all contenders.
    Stream<LoadResult> all() {
        return results.values().stream().flatMap(List::stream);
    }

    /// The failures of a contender, answers that were mixed up included.
    long failures(String name) {
        return of(name).stream().mapToLong(result -> result.failures() + result.mixedUp()).sum();
    }
}
