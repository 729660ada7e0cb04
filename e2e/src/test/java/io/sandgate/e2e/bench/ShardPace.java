package io.sandgate.e2e.bench;

import io.sandgate.e2e.upstream.Observed;
import io.sandgate.e2e.upstream.Observed.Close;
import io.sandgate.e2e.upstream.Observed.Gap;
import io.sandgate.e2e.upstream.Observed.Identify;
import io.sandgate.e2e.upstream.Observed.Resume;
import io.sandgate.e2e.upstream.Observed.Side;
import io.sandgate.e2e.upstream.UpstreamRules;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How fast shards began and changed their connections, by the times of receipt at an upstream.
///
/// @param identifies in their order
/// @param window between two of one key
/// @param floor the least time from the first IDENTIFY to the last one
/// @param gaps the times between two of one key
/// @param shortGaps how many of them were under a window for certain
record ShardPace(List<Identify> identifies, Duration window, Duration floor, Latencies gaps, int shortGaps) {

    /// @param shards how many there are
    static ShardPace of(Observed seen, UpstreamRules rules, int shards) {
        Duration window = rules.window();
        int rounds = Math.ceilDiv(shards, rules.maxConcurrency());
        Latencies gaps = new Latencies();
        int shortGaps = 0;
        for (Gap gap : seen.identifyGaps()) {
            gaps.add(gap.nanos());
            if (gap.nanos() + gap.doubtNanos() < window.toNanos()) {
                shortGaps++;
            }
        }
        return new ShardPace(seen.identifies(), window, window.multipliedBy(rounds - 1), gaps,
                shortGaps);
    }

    int count() {
        return identifies.size();
    }

    /// From the first IDENTIFY to the last.
    Duration took() {
        return Duration.ofNanos(identifies.getLast().nanos() - identifies.getFirst().nanos());
    }

    /// The same as a multiple of the floor.
    double ratio() {
        return took().toNanos() / (double) floor.toNanos();
    }

    /// How much longer it took than the floor times 1.10, in windows; less than nothing when it was faster.
    double windowsOverGoal() {
        return (took().toNanos() - 1.10 * floor.toNanos()) / window.toNanos();
    }

    /// From the end of each connection that a client closed with 4000 since a moment, to the RESUME of the same session over
    /// another connection that the upstream answered with RESUMED.
    static Latencies moves(Observed seen, long since) {
        Map<String, Deque<Resume>> resumes = new HashMap<>();
        seen.resumed().forEach(resume -> resumes.computeIfAbsent(resume.session(), session -> new ArrayDeque<>())
                .add(resume));
        Latencies took = new Latencies();
        for (Close close : seen.closes()) {
            if (close.nanos() - since >= 0 && close.by() == Side.CLIENT && close.code() == 4000
                    && !close.session().isEmpty()) {
                resumes.getOrDefault(close.session(), new ArrayDeque<>()).stream()
                        .filter(resume -> resume.nanos() - close.nanos() >= 0).findFirst()
                        .ifPresent(resume -> took.add(resume.nanos() - close.nanos()));
            }
        }
        return took;
    }

    /// The time from a moment until the last RESUME since then that was answered with RESUMED.
    static Duration untilAllResumed(Observed seen, long since) {
        return Duration.ofNanos(seen.resumed().stream().mapToLong(resume -> resume.nanos() - since)
                .filter(nanos -> nanos >= 0).max().orElse(0));
    }
}
