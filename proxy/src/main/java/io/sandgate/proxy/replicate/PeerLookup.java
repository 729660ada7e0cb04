package io.sandgate.proxy.replicate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.membership.Member;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Asks the peers for a route that is missing here, once: a request that arrives before its route is not lost.
///
/// Questions for the same id are joined; an id that nobody knows is not asked for again for a while; a few peers are
/// asked at once, each under a permit of the process-wide bound, and slow peers not at all. May be used from any thread.
public final class PeerLookup {

    /// Bounds of the lookup.
    ///
    /// @param deadline for all peers together
    /// @param negativeLife how long an id that nobody knew is not asked for again
    /// @param maxNegative how many such ids are remembered
    /// @param maxAsking how many ids are asked for at once; beyond it a miss is a miss
    public record Limits(Duration deadline, Duration negativeLife, int maxNegative, int maxAsking) {
        /// 400 ms, 500 ms, 10,000 ids, 256 at once.
        public static final Limits DEFAULT = new Limits(Duration.ofMillis(400), Duration.ofMillis(500), 10_000, 256);
    }

    /// How many peers one question asks at the same time.
    private static final int AT_ONCE = 8;

    private final String self;
    private final RouteTable table;
    private final Supplier<List<Member>> peers;
    private final RouteFetch fetch;
    private final PeerSync sync;
    private final Loop loop;
    private final Limits limits;
    private final MeterRegistry registry;
    private final Cache<String, Boolean> unknown;
    private final ConcurrentMap<String, CompletableFuture<@Nullable Route>> asking = new ConcurrentHashMap<>();

    /// @param self the id of this replica: of its own routes it knows better than its peers
    /// @param peers the members other than this one
    public PeerLookup(String self, RouteTable table, Supplier<List<Member>> peers, RouteFetch fetch, PeerSync sync,
            Loop loop,
            Limits limits, Ticker ticker, MeterRegistry registry) {
        this.self = self;
        this.table = table;
        this.peers = peers;
        this.fetch = fetch;
        this.sync = sync;
        this.loop = loop;
        this.limits = limits;
        this.registry = registry;
        this.unknown = Caffeine.newBuilder().maximumSize(limits.maxNegative()).expireAfterWrite(limits.negativeLife())
                .ticker(ticker).build();
    }

    /// The route that an id leads to, here or at a peer, or null. Never fails.
    public CompletionStage<@Nullable Route> find(String id) {
        Route known = table.find(id);
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        if (unknown.getIfPresent(id) != null) {
            return refuse("cached");
        }
        CompletableFuture<@Nullable Route> asked = asking.get(id);
        if (asked != null) {
            return asked.minimalCompletionStage();
        }
        if (asking.size() >= limits.maxAsking()) {
            return refuse("busy");
        }
        List<Member> others = peers.get();
        if (others.isEmpty()) {
            return refuse("alone");
        }
        CompletableFuture<@Nullable Route> answer = new CompletableFuture<>();
        CompletableFuture<@Nullable Route> joined = asking.putIfAbsent(id, answer);
        if (joined != null) {
            return joined.minimalCompletionStage();
        }
        answer.minimalCompletionStage().whenComplete((route, error) -> {
            asking.remove(id, answer);
            count(route == null ? "unknown" : "found");
        });
        loop.execute(new Question(id, others, answer)::ask);
        return answer.minimalCompletionStage();
    }

    private CompletionStage<@Nullable Route> refuse(String outcome) {
        count(outcome);
        return CompletableFuture.completedFuture(null);
    }

    private void count(String outcome) {
        Counter.builder("sandgate.proxy.lookups").description("Misses of the route table, by what became of them")
                .tag("outcome", outcome).register(registry).increment();
    }

    /// One id that is being asked for. Confined to the loop.
    private final class Question {
        private final String id;
        private final Queue<Member> notAsked;
        private final CompletableFuture<@Nullable Route> answer;
        private int open;
        private boolean unsure;

        Question(String id, List<Member> others, CompletableFuture<@Nullable Route> answer) {
            this.id = id;
            this.notAsked = new ArrayDeque<>(others);
            this.answer = answer;
        }

        void ask() {
            Loop.Timer deadline = loop.after(limits.deadline(), () -> answer.complete(table.find(id)));
            answer.minimalCompletionStage().whenComplete((route, error) -> loop.execute(deadline::cancel));
            for (int asked = 0; asked < AT_ONCE && !notAsked.isEmpty(); asked++) {
                askNext();
            }
        }

        private void askNext() {
            Member peer = answer.isDone() ? null : notAsked.poll();
            if (peer != null) {
                open++;
                sync.lookupPermit(peer).thenAccept(permit -> granted(peer, permit));
            } else if (open == 0) {
                conclude();
            }
        }

        private void granted(Member peer, @Nullable Runnable permit) {
            if (permit == null) {
                closed(true);
            } else if (answer.isDone()) {
                permit.run();
                closed(true);
            } else {
                fetch(peer).whenComplete((route, error) -> loop.execute(() -> {
                    permit.run();
                    closed(error != null || !heard(route));
                }));
            }
        }

        private CompletionStage<@Nullable Route> fetch(Member peer) {
            try {
                return fetch.route(peer.peer(), id);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        /// @return whether the answer is one to the question
        private boolean heard(@Nullable Route route) {
            if (route == null || route.authority().equals(self)) {
                return true;
            }
            if (!route.id().equals(id)) {
                return false;
            }
            table.apply(route);
            Route applied = table.find(id);
            if (applied != null) {
                answer.complete(applied);
            }
            return true;
        }

        private void closed(boolean withoutAnswer) {
            unsure |= withoutAnswer;
            open--;
            askNext();
        }

        private void conclude() {
            Route found = table.find(id);
            if (found == null && !unsure && !answer.isDone()) {
                // only what every peer denied is known to be unknown
                unknown.put(id, Boolean.TRUE);
            }
            answer.complete(found);
        }
    }
}
