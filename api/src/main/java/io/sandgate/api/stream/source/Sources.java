package io.sandgate.api.stream.source;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.gateway.shard.ShardListener;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.EventAppender;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.membership.Member;
import io.sandgate.membership.MembershipListener;
import io.sandgate.proxy.route.RouteListener;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.sandbox.SandboxObserver;
import io.sandgate.sandbox.driver.Template;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All that this replica tells of in its event log: its sandboxes, the routes that it is the authority of, the members, and
/// its shards. Thread-safe.
///
/// What was told and is lost cannot be told again. So at the start, and after the log lost something, the state in the log is
/// compared with what there is, and where they differ an event says how it is now ([#assertState]).
public final class Sources {
    private static final Logger log = LoggerFactory.getLogger(Sources.class);
    /// Corrections that the log is given before it has stored any of them.
    private static final int AT_ONCE = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String self;
    private final Executor workers;
    private final SandboxEvents sandboxes;
    private final RouteEvents routes;
    private final MemberEvents members;
    private final ShardEvents shards;
    private final List<Source> all;
    private final Telling telling;
    private final Counter corrections;
    private final AtomicInteger asked = new AtomicInteger();
    private final Queue<CompletableFuture<Void>> waiting = new ConcurrentLinkedQueue<>();
    private volatile Optional<EventReader> reader = Optional.empty();

    /// @param self the id of this replica
    /// @param appender its log
    /// @param routes the table whose changes [#routes] is to hear
    /// @param templates of sandboxes, by name
    /// @param workers may block: the log is compared there
    public Sources(String self, EventAppender appender, RouteTable routes, Map<String, Template> templates,
            InstantSource clock, Executor workers, MeterRegistry meters) {
        this.self = self;
        this.workers = workers;
        this.telling = new Telling(appender, this::assertState, meters);
        this.sandboxes = new SandboxEvents(telling, templates, clock);
        this.routes = new RouteEvents(self, routes, telling, clock);
        this.members = new MemberEvents(telling, clock);
        this.shards = new ShardEvents(self, telling, clock);
        this.all = List.of(sandboxes, this.routes, members, shards);
        this.corrections = Counter.builder("sandgate.events.corrections")
                .description("events that say how something is since the log had it otherwise").register(meters);
        Gauge.builder("sandgate.events.comparing", asked, AtomicInteger::get)
                .description("1 or more while the log is compared with what there is").register(meters);
    }

    /// For [io.sandgate.sandbox.SandboxManager#open].
    public SandboxObserver sandboxes() {
        return sandboxes;
    }

    /// For the table that was given at construction.
    public RouteListener routes() {
        return routes;
    }

    /// For the membership, which tells the members that there are, too.
    public MembershipListener members() {
        return members;
    }

    /// A member is there: one that was before the listener was, or this replica itself, in whatever state it is now.
    public void seen(Member member) {
        members.seen(member);
    }

    /// For the shards of this replica.
    public ShardListener shards() {
        return shards;
    }

    /// Compares the state in a log with what there is, now and whenever [#assertState()] says so. To be called when the sandboxes
    /// were found, the members that are visible seen, and the routes of this replica announced.
    ///
    /// @return done when they were compared, and what differed is told; never fails
    public CompletionStage<Void> assertState(EventReader ofThisReplica) {
        reader = Optional.of(ofThisReplica);
        CompletableFuture<Void> compared = new CompletableFuture<>();
        waiting.add(compared);
        assertState();
        return compared;
    }

    /// Compares anew, on a worker, since the log lost something; may be called from any thread, and returns at once.
    public void assertState() {
        if (asked.getAndIncrement() == 0) {
            try {
                workers.execute(this::compareUntilDone);
            } catch (RejectedExecutionException e) {
                log.debug("events.not-compared (this replica stops)");
            }
        }
    }

    private void compareUntilDone() {
        int seen;
        do {
            seen = asked.get();
            List<CompletableFuture<Void>> asking = new ArrayList<>();
            for (CompletableFuture<Void> next = waiting.poll(); next != null; next = waiting.poll()) {
                asking.add(next);
            }
            try {
                reader.ifPresent(this::compare);
            } catch (RuntimeException e) {
                log.warn("events.not-compared (what subscribers get as the state may be old)", e);
            }
            asking.forEach(compared -> compared.complete(null));
        } while (asked.addAndGet(-seen) != 0);
    }

    private void compare(EventReader ofThisReplica) {
        telling.beginComparison();
        try {
            Map<String, Event> told = told(ofThisReplica.state());
            List<CompletionStage<Cursor>> given = new ArrayList<>();
            int stored = 0;
            for (Source source : all) {
                for (String subject : subjects(source, told)) {
                    telling.correct(subject, () -> source.correction(subject, told.get(subject))).ifPresent(given::add);
                    if (given.size() == AT_ONCE) {
                        stored += settle(given);
                    }
                }
            }
            stored += settle(given);
            if (stored > 0) {
                log.info("events.corrected count={} (the log had them otherwise)", stored);
            }
        } catch (TimeoutException e) {
            log.warn("events.not-corrected after={} (the log does not answer; compared again when it lost something)",
                    PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            telling.endComparison();
        }
    }

    /// What this replica said last of each subject.
    private Map<String, Event> told(EventReader.State state) {
        Map<String, Event> told = new HashMap<>();
        for (Entry entry : state.entries()) {
            if (entry.origin().replica().equals(self)) {
                told.put(entry.event().subject(), entry.event());
            }
        }
        return told;
    }

    private static Set<String> subjects(Source source, Map<String, Event> told) {
        Set<String> subjects = new HashSet<>(source.subjects());
        told.keySet().stream().filter(subject -> subject.startsWith(source.prefix())).forEach(subjects::add);
        return subjects;
    }

    /// Waits until the log has what it was given, or has refused it.
    ///
    /// @return how many it has
    private int settle(List<CompletionStage<Cursor>> given) throws InterruptedException, TimeoutException {
        List<CompletableFuture<Boolean>> outcomes = given.stream()
                .map(each -> each.handle((place, failure) -> failure == null).toCompletableFuture()).toList();
        given.clear();
        try {
            CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new)).get(PATIENCE.toNanos(),
                    TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        int stored = (int) outcomes.stream().filter(CompletableFuture::join).count();
        corrections.increment(stored);
        return stored;
    }
}
