package io.sandgate.gateway.connection;

import io.sandgate.gateway.connection.Passage.Answered;
import io.sandgate.gateway.connection.Passage.NotAnswered;
import io.sandgate.membership.Member;
import io.sandgate.proxy.replicate.Loop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What waits for one other replica, and the one request that takes it there. Confined to the loop.
///
/// Requests stay in their order: what comes while one is under way goes together with the next, and what failed goes first.
final class Outbox {
    private static final Logger log = LoggerFactory.getLogger(Outbox.class);
    private static final Duration FIRST_REST = Duration.ofMillis(20);
    private static final Duration LONGEST_REST = Duration.ofMillis(320);
    /// How much later than its timeout an attempt is given up whose transport did not keep it.
    private static final Duration GRACE = Duration.ofMillis(20);

    private record Waiting(PeerRequest request, long deadline, CompletableFuture<Passage> passage) {}

    private final String replica;
    private final ConnectionSettings settings;
    private final Supplier<Optional<Member>> member;
    private final PeerTransport transport;
    private final Loop loop;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long bytes;
    private int attempts;
    /// The number of the attempt under way; 0 when there is none.
    private int current;
    private boolean resting;
    private Duration rest = FIRST_REST;
    private boolean closed;
    private volatile int size;

    /// @param member where the replica is reached now
    Outbox(String replica, ConnectionSettings settings, Supplier<Optional<Member>> member, PeerTransport transport,
            Loop loop) {
        this.replica = replica;
        this.settings = settings;
        this.member = member;
        this.transport = transport;
        this.loop = loop;
    }

    /// How many wait, those under way not among them. May be called from any thread.
    int size() {
        return size;
    }

    boolean isIdle() {
        return waiting.isEmpty() && current == 0 && !resting;
    }

    void offer(PeerRequest request, CompletableFuture<Passage> passage) {
        if (closed || waiting.size() >= settings.outboxMessages() || bytes + request.size() > settings.outboxBytes()) {
            passage.complete(new NotAnswered("too much waits for replica " + replica));
            return;
        }
        add(new Waiting(request, loop.nanoTime() + settings.deadline().toNanos(), passage), false);
        proceed();
    }

    /// Gives up what waits and what is under way.
    void close() {
        closed = true;
        for (Waiting each = take(); each != null; each = take()) {
            each.passage().complete(new NotAnswered("this replica is stopping"));
        }
    }

    private void add(Waiting each, boolean first) {
        if (first) {
            waiting.addFirst(each);
        } else {
            waiting.addLast(each);
        }
        bytes += each.request().size();
        size = waiting.size();
    }

    private @Nullable Waiting take() {
        Waiting first = waiting.pollFirst();
        if (first != null) {
            bytes -= first.request().size();
            size = waiting.size();
        }
        return first;
    }

    private void proceed() {
        if (current != 0 || resting || closed) {
            return;
        }
        List<Waiting> batch = batch();
        if (!batch.isEmpty()) {
            attempt(batch);
        }
    }

    /// Removes what fits one request, and what is too late for one.
    private List<Waiting> batch() {
        List<Waiting> batch = new ArrayList<>();
        long taken = 0;
        while (batch.size() < settings.batchMessages()) {
            Waiting next = waiting.peekFirst();
            if (next == null || (!batch.isEmpty() && taken + next.request().size() > settings.batchBytes())) {
                break;
            }
            take();
            if (next.deadline() - loop.nanoTime() <= 0) {
                next.passage().complete(new NotAnswered("replica " + replica + " does not answer in time"));
            } else {
                batch.add(next);
                taken += next.request().size();
            }
        }
        return batch;
    }

    private void attempt(List<Waiting> batch) {
        int number = ++attempts;
        current = number;
        Duration timeout = settings.requestTimeout();
        CompletionStage<List<PeerAnswer>> answers = send(batch, timeout);
        Loop.Timer guard = loop.after(timeout.plus(GRACE), () -> ended(number, batch, null,
                new TimeoutException("no answer in " + timeout.toMillis() + "ms")));
        answers.whenComplete((answered, error) -> loop.execute(() -> {
            guard.cancel();
            ended(number, batch, answered, error);
        }));
    }

    private CompletionStage<List<PeerAnswer>> send(List<Waiting> batch, Duration timeout) {
        Member to = member.get().orElse(null);
        if (to == null) {
            return CompletableFuture.failedStage(new NotCarriedOutException("it is no member any more"));
        }
        try {
            return transport.send(to, batch.stream().map(Waiting::request).toList(), timeout);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private void ended(int number, List<Waiting> batch, @Nullable List<PeerAnswer> answers,
            @Nullable Throwable error) {
        if (number != current) {
            return;
        }
        current = 0;
        if (error == null && answers != null && answers.size() == batch.size()) {
            rest = FIRST_REST;
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).passage().complete(new Answered(answers.get(i)));
            }
            proceed();
        } else {
            failed(batch, error == null
                    ? new NotCarriedOutException("it answers something else than was asked")
                    : unwrapped(error));
        }
    }

    private void failed(List<Waiting> batch, Throwable error) {
        boolean mayPass = !(error instanceof NotCarriedOutException) && !closed;
        log.debug("connections.request.failed replica={} messages={} again={} error={}", replica, batch.size(), mayPass,
                error.toString());
        for (int i = batch.size() - 1; i >= 0; i--) {
            if (mayPass) {
                add(batch.get(i), true);
            } else {
                batch.get(i).passage().complete(new NotAnswered("replica " + replica + ": " + error.getMessage()));
            }
        }
        resting = true;
        loop.after(rest, () -> {
            resting = false;
            proceed();
        });
        Duration doubled = rest.multipliedBy(2);
        rest = doubled.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : doubled;
    }

    private static Throwable unwrapped(Throwable error) {
        Throwable cause = error.getCause();
        return error instanceof CompletionException && cause != null ? unwrapped(cause) : error;
    }
}
