package io.sandgate.sandbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.sandbox.Cell.Move;
import io.sandgate.sandbox.Deadlines.Deadline;
import io.sandgate.sandbox.SandboxChange.Cause;
import io.sandgate.sandbox.SandboxChange.Kind;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.driver.SandboxDriver;
import io.sandgate.sandbox.runtime.Usage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sandboxes of this replica, held in memory over their records.
///
/// All who wait for a transition, its first caller among them, wait for its outcome ([Moves]): so a caller who gives up does
/// not leave a sandbox half changed.
final class LocalSandboxes implements SandboxManager {

    private static final Logger log = LoggerFactory.getLogger(LocalSandboxes.class);

    private static final Duration RETRY = Duration.ofSeconds(5);

    private final SandboxSettings settings;
    private final SandboxDriver driver;
    private final InstantSource clock;
    private final Alarm alarm;
    private final SandboxIds ids;
    private final Admission admission;
    private final SandboxMetrics metrics;
    private final Changes changes;
    private final Deadlines deadlines;
    private final Lifecycle lifecycle;
    private final Moves moves;
    private final Snapshots snapshots;
    private final WarmPool pool;
    private final Creations creations;
    private final ConcurrentMap<String, Cell> cells = new ConcurrentHashMap<>();
    /// Those that ended before all were announced, to be withdrawn then.
    private final Queue<Sandbox> departed = new ConcurrentLinkedQueue<>();
    private volatile boolean announced;
    private volatile boolean closed;

    private LocalSandboxes(SandboxSettings settings, SandboxStore store, List<Snapshot> snapshots,
            SandboxDriver driver, RouteAnnouncer announcer, SandboxObserver observer, SandboxTokens tokens,
            InstantSource clock, Alarm alarm, RandomGenerator random, MeterRegistry meters) {
        this.settings = settings;
        this.driver = driver;
        this.clock = clock;
        this.alarm = alarm;
        this.ids = new SandboxIds(random);
        this.admission = new Admission(settings);
        this.metrics = new SandboxMetrics(meters, cells.values());
        this.changes = new Changes(observer, clock);
        this.deadlines = new Deadlines(clock, alarm, deadline -> Tasks.start(() -> expire(deadline)));
        this.lifecycle = new Lifecycle(store, driver, new Announcements(announcer, settings.announceTimeout(), metrics),
                deadlines, admission, tokens, changes, clock);
        this.moves = new Moves(settings);
        this.pool = new WarmPool(settings, driver, admission, ids, alarm, metrics);
        this.creations = new Creations(admission, ids, driver, pool, lifecycle, moves, metrics, clock,
                cell -> cells.put(cell.sandbox().id(), cell),
                (cell, kill) -> end(cell, kill, Cause.START_FAILURE, false));
        this.snapshots = new Snapshots(snapshots, store, driver, ids, clock, settings.maxSnapshots());
    }

    static LocalSandboxes open(SandboxSettings settings, SandboxStore store, SandboxDriver driver,
            RouteAnnouncer announcer, SandboxObserver observer, SandboxTokens tokens, InstantSource clock, Alarm alarm,
            RandomGenerator random, MeterRegistry meters) {
        List<Snapshot> known = store.loadSnapshots();
        LocalSandboxes opened = new LocalSandboxes(settings, store, known, driver, announcer, observer, tokens, clock,
                alarm, random, meters);
        Returning returning = Returning.find(store, driver, tokens,
                known.stream().map(Snapshot::id).collect(Collectors.toSet()));
        for (Sandbox sandbox : returning.living()) {
            opened.admission.enterAnyway();
            opened.cells.put(sandbox.id(), new Cell(sandbox));
            opened.changes.tell(Kind.FOUND, sandbox, Cause.REQUEST);
        }
        opened.departed.addAll(returning.departed());
        driver.onExit((id, uid, detail) -> Tasks.start(() -> opened.exited(id, uid, detail)));
        returning.living().stream().filter(sandbox -> sandbox.state() == SandboxState.RUNNING)
                .forEach(opened.deadlines::set);
        new UsageRounds(opened.cells.values(), driver, alarm, settings.usageInterval(), Tasks::start,
                opened.metrics).start();
        return opened;
    }

    @Override
    public Sandbox create(CreateSandbox request) {
        return make(request, () -> {
            admission.check(request);
            request.snapshot().ifPresent(id -> snapshots.require(id, request));
        });
    }

    private Sandbox make(CreateSandbox request, Runnable check) {
        Instant asked = clock.instant();
        try {
            requireOpen();
            check.run();
            Admission.check(request.network().egress(), driver);
            Sandbox created = creations.make(request);
            metrics.created(Duration.between(asked, clock.instant()));
            return created;
        } catch (SandboxException e) {
            metrics.createFailed(e.reason());
            throw e;
        }
    }

    @Override
    public Optional<Sandbox> find(String id) {
        return Optional.ofNullable(cells.get(id)).map(Cell::sandbox);
    }

    @Override
    public List<Sandbox> list() {
        return cells.values().stream().map(Cell::sandbox).filter(
                sandbox -> sandbox.state() != SandboxState.CREATING && sandbox.state() != SandboxState.KILLING)
                .toList();
    }

    @Override
    public void pause(String id, boolean memory) {
        perform(cell(id), cell -> cell.pause(memory), Cause.REQUEST);
    }

    @Override
    public Connected connect(String id, Duration timeout, boolean memory) {
        admission.checkTimeout(timeout);
        Cell cell = cell(id);
        Instant end = fromNow(timeout);
        boolean[] resumed = {false};
        Sandbox sandbox;
        do {
            sandbox = perform(cell, c -> {
                Move move = c.connect(end, memory);
                boolean claimsResume = move instanceof Move.Claimed(Transition t) && t.kind() != Transition.Kind.EDIT;
                resumed[0] |= claimsResume || move instanceof Move.Joined;
                return move;
            }, Cause.REQUEST);
        } while (sandbox.endAt().isBefore(end));
        return new Connected(sandbox, resumed[0]);
    }

    @Override
    public Sandbox resume(String id, Duration timeout) {
        admission.checkTimeout(timeout);
        Instant end = fromNow(timeout);
        return perform(cell(id), cell -> cell.resume(end), Cause.REQUEST);
    }

    @Override
    public void setTimeout(String id, Duration timeout) {
        Instant end = fromNow(admission.cap(timeout));
        perform(cell(id), cell -> cell.endAt(end, false), Cause.REQUEST);
    }

    @Override
    public void refresh(String id, Duration duration) {
        Instant end = fromNow(admission.cap(duration));
        perform(cell(id), cell -> cell.endAt(end, true), Cause.REQUEST);
    }

    @Override
    public void setEgress(String id, Egress egress) {
        Cell cell = cell(id);
        Admission.check(egress, driver);
        moves.perform(cell, Cell::change, (claimed, edit) -> lifecycle.reach(claimed, edit, egress));
    }

    @Override
    public void kill(String id) {
        perform(cell(id), Cell::kill, Cause.REQUEST);
    }

    @Override
    public List<LogLine> logs(String id) {
        cell(id);
        try {
            return driver.logs(id).stream().map(line -> new LogLine(line.time(), line.stream(), line.text())).toList();
        } catch (DriverException e) {
            throw new SandboxException(Reason.INTERNAL, "the log of sandbox " + id + " could not be read: "
                    + e.getMessage(), e);
        }
    }

    @Override
    public List<Usage> usage(String id, long from, long to) {
        return cell(id).usage().between(from, to);
    }

    @Override
    public Snapshot snapshot(String id, Optional<String> name) {
        Cell cell = cell(id);
        Snapshot made = snapshots.add(cell.sandbox(), name, copy -> copy(cell, copy));
        changes.tell(cell.sandbox(), made);
        return made;
    }

    @Override
    public List<Snapshot> snapshots() {
        return snapshots.all();
    }

    @Override
    public void deleteSnapshot(String id) {
        snapshots.delete(id);
    }

    @Override
    public Fork fork(String id, Duration timeout) {
        admission.checkTimeout(timeout);
        Cell cell = cell(id);
        String copy = ids.snapshot();
        copy(cell, copy);
        return new DiskFork(cell.sandbox(), timeout, copy, request -> make(request, () -> {}), snapshots::deleteCopy);
    }

    private long copy(Cell cell, String to) {
        AtomicLong bytes = new AtomicLong();
        AtomicBoolean settled = new AtomicBoolean();
        try {
            moves.perform(cell, Cell::copy, (claimed, copying) -> lifecycle.copy(claimed, copying, to, bytes::set,
                    () -> settled.compareAndSet(false, true), () -> snapshots.deleteCopy(to)));
        } catch (SandboxException e) {
            if (!settled.compareAndSet(false, true)) {
                // it came just when it was waited for no longer
                snapshots.deleteCopy(to);
            }
            throw e;
        }
        return bytes.get();
    }

    @Override
    public void announceAll() {
        announced = true;
        pool.fill();
        List<Runnable> tasks = new ArrayList<>();
        for (Sandbox gone = departed.poll(); gone != null; gone = departed.poll()) {
            Sandbox last = gone;
            tasks.add(() -> lifecycle.withdraw(last));
        }
        for (Cell cell : cells.values()) {
            tasks.add(() -> moves.perform(cell, Cell::touch, lifecycle::announceAnew));
        }
        Tasks.allOf(tasks);
    }

    @Override
    public void announce(String id) {
        Cell cell = cells.get(id);
        if (cell != null && announced) {
            Tasks.quietly(() -> moves.perform(cell, Cell::touch, lifecycle::announceAnew));
        }
    }

    @Override
    public void close() {
        closed = true;
        deadlines.close();
        pool.close();
        alarm.close();
        if (settings.stopOnExit()) {
            Tasks.allOf(
                    cells.values().stream().<Runnable>map(cell -> () -> perform(cell, Cell::kill, Cause.REPLICA_STOP))
                            .toList());
        }
    }

    private void expire(Deadline deadline) {
        Cell cell = cells.get(deadline.id());
        if (cell == null || closed) {
            return;
        }
        try {
            perform(cell, c -> {
                Move move = c.expire(deadline);
                if (move instanceof Move.Claimed) {
                    metrics.deadlineMet(Duration.between(deadline.at(), clock.instant()));
                    log.info("sandbox.expired id={} action={}", deadline.id(), c.sandbox().onTimeout());
                }
                return move;
            }, Cause.DEADLINE);
        } catch (SandboxException e) {
            // A kill is tried again by itself; a pause goes back to running with a deadline that has passed.
            log.warn("sandbox.expiry-failed id={} reason={}", deadline.id(), e.getMessage());
            metrics.retried("expiry");
            alarm.after(RETRY, () -> Tasks.start(() -> expire(deadline)));
        }
    }

    private void exited(String id, String uid, String detail) {
        Cell cell = cells.get(id);
        if (cell == null) {
            pool.exited(id, detail);
            return;
        }
        if (closed || !cell.sandbox().uid().equals(uid)
                || cell.sandbox().state() == SandboxState.KILLING) {
            return;
        }
        log.info("sandbox.exited id={} template={} detail={}", id, cell.sandbox().template(), detail);
        Tasks.quietly(() -> perform(cell, Cell::kill, Cause.EXIT));
    }

    /// Ends a sandbox whose cell is claimed for it; what fails is tried again until it succeeds.
    private void end(Cell cell, Transition kill, Cause cause, boolean withdraw) {
        Sandbox sandbox = cell.sandbox();
        Optional<SandboxException> failure = lifecycle.end(cell, kill, withdraw);
        if (failure.isPresent()) {
            metrics.retried("kill");
            cell.release(kill);
            alarm.after(RETRY, () -> Tasks.start(() -> Tasks.quietly(() -> perform(cell, Cell::kill, cause))));
            kill.fail(failure.get());
            return;
        }
        cells.remove(sandbox.id(), cell);
        admission.leave();
        if (!announced && withdraw) {
            departed.add(cell.sandbox());
        }
        if (cell.wasMade()) {
            changes.tell(Kind.KILLED, cell.sandbox(), cause);
        }
        metrics.ended(cause.tag());
        log.info("sandbox.ended id={} cause={}", sandbox.id(), cause.tag());
        kill.succeed(cell.sandbox());
    }

    private Sandbox perform(Cell cell, Function<Cell, Move> ask, Cause cause) {
        return moves.perform(cell, ask, (claimed, transition) -> {
            switch (transition.kind()) {
                case PAUSE -> lifecycle.pause(claimed, transition, cause);
                case STOP -> lifecycle.stop(claimed, transition, cause);
                case RESUME -> lifecycle.resume(claimed, transition);
                case START -> lifecycle.start(claimed, transition, ids.uid());
                case EDIT -> lifecycle.edit(claimed, transition);
                case KILL -> end(claimed, transition, cause, true);
                case CREATE, COPY -> throw new IllegalStateException(transition.kind() + " has an action of its own");
            }
        });
    }

    private Cell cell(String id) {
        requireOpen();
        Cell cell = cells.get(id);
        if (cell == null) {
            throw new SandboxException(Reason.NOT_FOUND, "sandbox " + id + " does not exist on this replica");
        }
        return cell;
    }

    private void requireOpen() {
        if (closed) {
            throw new SandboxException(Reason.EXHAUSTED, "this replica is stopping: use another one");
        }
    }

    private Instant fromNow(Duration timeout) {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS).plus(timeout);
    }
}
