package io.sandgate.gateway.shard.sink;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A sink with one thread that hands on what waits in batches, one after the other, each as often as it takes.
///
/// The lock guards the queue and whether it is closed; nobody else's code runs under it.
final class BatchingSink implements EventSink {
    private static final Logger log = LoggerFactory.getLogger(BatchingSink.class);
    /// How long a close waits for the attempt in progress, and then again after interrupting it.
    private static final Duration GRACE = Duration.ofSeconds(1);

    /// How it works.
    ///
    /// @param kind what it is, in a word
    /// @param maxEvents of a batch
    /// @param maxBytes of a batch, if it is not a single event that has more
    /// @param backoff between attempts
    /// @param form what the lines are like
    record Settings(String kind, int maxEvents, int maxBytes, Backoff backoff, Lines.Form form) {
        /// With whole lines.
        Settings(String kind, int maxEvents, int maxBytes, Backoff backoff) {
            this(kind, maxEvents, maxBytes, backoff, Lines.Form.WHOLE);
        }
    }

    private final Settings settings;
    private final LineTarget target;
    private final RandomGenerator random;
    private final Lines lines;
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile String failing = "";

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<Offer> queue = new ArrayDeque<>();
    private boolean closed;

    private final Thread thread;

    private BatchingSink(Settings settings, LineTarget target, ThreadFactory threads, RandomGenerator random) {
        this.settings = settings;
        this.lines = new Lines(settings.form());
        this.target = target;
        this.random = random;
        thread = threads.newThread(this::run);
    }

    static BatchingSink start(Settings settings, LineTarget target, ThreadFactory threads, RandomGenerator random) {
        BatchingSink sink = new BatchingSink(settings, target, threads, random);
        sink.thread.start();
        return sink;
    }

    @Override
    public void offer(GatewayEvent event, Delivery delivery) {
        Offer offer = new Offer(event, delivery, waiting);
        if (!enqueue(offer)) {
            offer.done(false);
        }
    }

    @Override
    public SinkStatus status() {
        return new SinkStatus(settings.kind(), waiting.get(), failing);
    }

    @Override
    public void close() {
        shut();
        try {
            if (!thread.join(GRACE)) {
                thread.interrupt();
                thread.join(GRACE);
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
        letGo();
    }

    private void run() {
        try {
            for (List<Offer> next = next(); !next.isEmpty(); next = next()) {
                handOn(new Batch(next));
            }
        } catch (InterruptedException e) {
            log.debug("sink.closed kind={}", settings.kind());
        } finally {
            shut();
            target.close();
            letGo();
        }
    }

    /// What waits, as much as a batch may have; nothing when it is closed.
    private List<Offer> next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (queue.isEmpty() && !closed) {
                changed.await();
            }
            List<Offer> next = new ArrayList<>();
            long bytes = 0;
            while (!closed && !queue.isEmpty() && next.size() < settings.maxEvents()) {
                bytes += Lines.estimate(queue.element().event());
                if (!next.isEmpty() && bytes > settings.maxBytes()) {
                    break;
                }
                next.add(queue.remove());
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void handOn(Batch batch) throws InterruptedException {
        try {
            for (int failures = 1; batch.write(lines); failures++) {
                Optional<NotTakenException> failure = attempt();
                if (failure.isEmpty()) {
                    batch.accepted();
                    return;
                }
                Duration pause = settings.backoff().draw(failures, random);
                Duration least = failure.get().notBefore();
                pause(pause.compareTo(least) > 0 ? pause : least);
            }
        } catch (InterruptedException e) {
            batch.letGo();
            throw e;
        }
    }

    private Optional<NotTakenException> attempt() throws InterruptedException {
        try {
            target.take(lines.toBuffer());
        } catch (NotTakenException e) {
            return Optional.of(failed(e));
        } catch (RuntimeException e) {
            log.warn("sink.error kind={}", settings.kind(), e);
            return Optional.of(failed(new NotTakenException(e.getClass().getSimpleName(), Duration.ZERO)));
        }
        if (!failing.isEmpty()) {
            failing = "";
            log.info("sink.recovered kind={} waiting={}", settings.kind(), waiting.get());
        }
        return Optional.empty();
    }

    private NotTakenException failed(NotTakenException failure) {
        String why = String.valueOf(failure.getMessage());
        if (!why.equals(failing)) {
            failing = why;
            log.warn("sink.failing kind={} waiting={} cause={} (tried again until it is taken)", settings.kind(),
                    waiting.get(), why);
        }
        return failure;
    }

    /// @throws InterruptedException also when it is closed
    private void pause(Duration pause) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            for (long left = pause.toNanos(); left > 0 && !closed;) {
                left = changed.awaitNanos(left);
            }
            if (closed) {
                throw new InterruptedException("closed");
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean enqueue(Offer offer) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            queue.add(offer);
            changed.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void shut() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void letGo() {
        List<Offer> left;
        lock.lock();
        try {
            left = List.copyOf(queue);
            queue.clear();
        } finally {
            lock.unlock();
        }
        left.forEach(offer -> offer.done(false));
    }
}
