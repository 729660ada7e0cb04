package io.sandgate.proxy.replicate;

import io.sandgate.membership.HeartbeatListener;
import io.sandgate.membership.Member;
import io.sandgate.membership.RouteSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Notices that this replica's copies differ from what others have: by the heartbeats, each second, and by a comparison of
/// everything with one random peer, each ten seconds.
///
/// A heartbeat and the pushes of its sender travel separately, so one difference means little; the second in a row is
/// followed.
public final class DigestWatch implements HeartbeatListener {
    private static final Logger log = LoggerFactory.getLogger(DigestWatch.class);
    private static final int DIFFERENCES_IN_A_ROW = 2;
    private static final Duration EXCHANGE = Duration.ofSeconds(10);
    private static final double JITTER = 0.2;
    private static final Duration CHECK = Duration.ofMinutes(10);
    private static final Duration SPREAD = Duration.ofMillis(200);

    private final String self;
    private final Digests digests;
    private final PeerWatch watch;
    private final DigestReconciler reconciler;
    private final DigestFetch fetch;
    private final Supplier<List<Member>> others;
    private final Loop loop;
    private final RandomGenerator random;
    private final ReconcileMetrics metrics;
    /// How many heartbeats in a row said something else than this replica has. Counted where the heartbeats are heard, so
    /// that one without a difference, as nearly all are, does not wake the loop.
    private final Map<String, Integer> differences = new ConcurrentHashMap<>();

    /// @param others the members other than this one that are heard: asking one that is cut off would be a turn lost
    public DigestWatch(String self, Digests digests, PeerWatch watch, DigestReconciler reconciler, DigestFetch fetch,
            Supplier<List<Member>> others, Loop loop, RandomGenerator random, ReconcileMetrics metrics) {
        this.self = self;
        this.digests = digests;
        this.watch = watch;
        this.reconciler = reconciler;
        this.fetch = fetch;
        this.others = others;
        this.loop = loop;
        this.random = random;
        this.metrics = metrics;
    }

    /// Begins the comparisons that need no heartbeat.
    ///
    /// @param background runs what takes too long for the loop
    public void start(Executor background) {
        loop.execute(this::exchangeLater);
        loop.execute(() -> checkLater(background));
    }

    @Override
    public void heard(Member member, RouteSummary summary) {
        if (digests.summary(member.id()).equals(summary)) {
            differences.remove(member.id());
        } else if (differences.merge(member.id(), 1, Integer::sum) >= DIFFERENCES_IN_A_ROW) {
            differences.remove(member.id());
            loop.execute(() -> loop.after(Duration.ofMillis(random.nextLong(SPREAD.toMillis())),
                    () -> watch.fetchFrom(member.id())));
        }
    }

    private void exchangeLater() {
        double factor = 1 + random.nextDouble(-JITTER, JITTER);
        loop.after(Duration.ofMillis(Math.round(EXCHANGE.toMillis() * factor)), () -> {
            exchange();
            exchangeLater();
        });
    }

    private void exchange() {
        List<Member> present = others.get();
        differences.keySet().retainAll(present.stream().map(Member::id).toList());
        if (present.isEmpty()) {
            return;
        }
        Member peer = present.get(random.nextInt(present.size()));
        try {
            fetch.summaries(peer).whenComplete((theirs, error) -> loop.execute(() -> {
                if (error == null) {
                    compare(peer, theirs);
                } else {
                    log.debug("exchange.failed peer={} error={}", peer.id(), error.toString());
                }
            }));
        } catch (RuntimeException e) {
            log.debug("exchange.failed peer={} error={}", peer.id(), e.toString());
        }
    }

    private void compare(Member peer, Map<String, RouteSummary> theirs) {
        List<String> different = new ArrayList<>();
        theirs.forEach((authority, summary) -> {
            if (!authority.equals(self) && !digests.summary(authority).equals(summary)) {
                different.add(authority);
            }
        });
        for (String authority : different) {
            if (authority.equals(peer.id())) {
                watch.fetchFrom(authority);
            } else {
                reconciler.merge(peer, authority).exceptionally(error -> {
                    log.debug("merge.failed peer={} authority={} error={}", peer.id(), authority, error.toString());
                    return null;
                });
            }
        }
    }

    private void checkLater(Executor background) {
        loop.after(CHECK, () -> {
            background.execute(() -> digests.check(authority -> metrics.wrongDigest()));
            checkLater(background);
        });
    }
}
