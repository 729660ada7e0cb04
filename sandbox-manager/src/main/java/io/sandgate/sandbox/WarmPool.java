package io.sandgate.sandbox;

import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.driver.Launch;
import io.sandgate.sandbox.driver.SandboxDriver;
import io.sandgate.sandbox.driver.Template;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sandboxes of each template that are started ahead, with the ids and addresses that they will have, so that a create is
/// no more than a claim. Thread-safe.
///
/// Implementation note. They have no records: after a crash the driver removes them as it removes all that belongs to
/// nobody.
final class WarmPool implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(WarmPool.class);

    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /// At most half of the machine, so that the creates that empty a shelf are not slowed by what fills it.
    private static final int STARTS_AT_ONCE = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    private final SandboxDriver driver;
    private final Admission admission;
    private final SandboxIds ids;
    private final Alarm alarm;
    private final Map<String, Shelf> shelves = new TreeMap<>();
    /// Those that are being started, and this.
    private final Phaser starts = new Phaser(1);
    private boolean open;

    /// One that waits for its maker.
    record Warm(String id, String uid, String address, String template) {}

    /// Those of one template.
    private static final class Shelf {
        final Template template;
        final Deque<Warm> ready = new ArrayDeque<>();
        int starting;
        boolean resting;

        Shelf(Template template) {
            this.template = template;
        }
    }

    WarmPool(SandboxSettings settings, SandboxDriver driver, Admission admission, SandboxIds ids, Alarm alarm,
            SandboxMetrics metrics) {
        this.driver = driver;
        this.admission = admission;
        this.ids = ids;
        this.alarm = alarm;
        settings.templates().values().stream().filter(template -> template.warm() > 0)
                .forEach(template -> shelves.put(template.name(), new Shelf(template)));
        shelves.keySet().forEach(template -> metrics.warm(template, () -> ready(template)));
    }

    /// Begins to fill the shelves.
    synchronized void fill() {
        open = true;
        shelves.values().forEach(this::fill);
    }

    /// Takes the sandbox that has waited longest, where one does and can still become what is asked for: the command of a
    /// template runs already, and so without the variables of the request.
    synchronized Optional<Warm> take(CreateSandbox request) {
        Shelf shelf = shelves.get(request.template());
        if (shelf == null || request.snapshot().isPresent()
                || (shelf.template.hasCommand() && !request.environment().isEmpty())) {
            return Optional.empty();
        }
        Optional<Warm> taken = Optional.ofNullable(shelf.ready.poll());
        fill(shelf);
        return taken;
    }

    /// A sandbox ended by itself, which may be one of these.
    void exited(String id, String detail) {
        Optional<Warm> ended;
        synchronized (this) {
            ended = shelves.values().stream().flatMap(shelf -> shelf.ready.stream())
                    .filter(warm -> warm.id().equals(id)).findFirst();
            ended.ifPresent(warm -> shelves.values().forEach(shelf -> shelf.ready.remove(warm)));
        }
        ended.ifPresent(warm -> {
            log.warn("sandbox.warm-ended id={} template={} detail={}", id, warm.template(), detail);
            discard(id);
            rest(warm.template());
        });
    }

    /// Ends them all, those that are being started among them.
    @Override
    public void close() {
        List<Runnable> ends = new ArrayList<>();
        synchronized (this) {
            open = false;
            shelves.values().forEach(shelf -> {
                shelf.ready.forEach(warm -> ends.add(() -> discard(warm.id())));
                shelf.ready.clear();
            });
        }
        Tasks.allOf(ends);
        try {
            starts.awaitAdvanceInterruptibly(starts.arrive(), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            log.warn("sandbox.warm-not-awaited seconds={}", PATIENCE.toSeconds());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized int ready(String template) {
        Shelf shelf = shelves.get(template);
        return shelf == null ? 0 : shelf.ready.size();
    }

    private synchronized void fill(Shelf shelf) {
        while (open && !shelf.resting && shelf.starting < STARTS_AT_ONCE
                && shelf.ready.size() + shelf.starting < shelf.template.warm()) {
            shelf.starting++;
            starts.register();
            Tasks.start(() -> {
                try {
                    start(shelf);
                } finally {
                    starts.arriveAndDeregister();
                }
            });
        }
    }

    private void start(Shelf shelf) {
        String id = ids.id();
        String template = shelf.template.name();
        Optional<Warm> started = Optional.empty();
        try {
            Warm warm = new Warm(id, ids.uid(), driver.allocate(id), template);
            admission.inTurn(() -> driver.prepare(new Launch(warm.id(), warm.uid(), warm.address(), shelf.template,
                    Map.of(), Egress.OPEN, Optional.empty(), Optional.empty())));
            started = Optional.of(warm);
        } catch (RuntimeException e) {
            log.warn("sandbox.warm-not-started template={} reason={}", template, e.getMessage());
            discard(id);
        }
        boolean wanted;
        synchronized (this) {
            shelf.starting--;
            wanted = open;
            if (wanted && started.isPresent()) {
                shelf.ready.add(started.get());
                fill(shelf);
            }
        }
        if (started.isEmpty()) {
            rest(template);
        } else if (!wanted) {
            discard(id);
        }
    }

    /// What could not be started, or did not last, is not tried again at once.
    private void rest(String template) {
        synchronized (this) {
            Shelf shelf = shelves.get(template);
            if (shelf == null || shelf.resting || !open) {
                return;
            }
            shelf.resting = true;
        }
        alarm.after(RETRY, () -> {
            synchronized (this) {
                Shelf shelf = shelves.get(template);
                if (shelf != null) {
                    shelf.resting = false;
                    fill(shelf);
                }
            }
        });
    }

    private void discard(String id) {
        try {
            driver.kill(id);
        } catch (DriverException e) {
            log.warn("sandbox.warm-not-removed id={} reason={}", id, e.getMessage());
            alarm.after(RETRY, () -> Tasks.start(() -> discard(id)));
        }
    }
}
