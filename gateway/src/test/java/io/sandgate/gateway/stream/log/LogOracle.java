package io.sandgate.gateway.stream.log;

import io.sandgate.gateway.stream.event.Entry;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a log must come to, worked out from all of its entries in the plainest way.
final class LogOracle {

    /// The newest entry of each subject that is not gone, in the order of their numbers.
    static List<Entry> state(List<Entry> entries) {
        Map<String, Entry> newest = new HashMap<>();
        for (Entry entry : entries) {
            if (!entry.event().subject().isEmpty()) {
                newest.put(entry.event().subject(), entry);
            }
        }
        return newest.values().stream().filter(entry -> !entry.event().last())
                .sorted(Comparator.comparingLong(Entry::seq)).toList();
    }

    private LogOracle() {}
}
