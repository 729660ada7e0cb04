package io.sandgate.sandbox;

import io.sandgate.sandbox.SandboxChange.Cause;
import io.sandgate.sandbox.SandboxChange.Kind;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.driver.Launch;
import io.sandgate.sandbox.driver.SandboxDriver;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The steps of each change of a sandbox.
///
/// Implementation note. Create, pause and resume act first and record then, since a record must not claim what did not
/// happen; a kill, and what ends processes to keep the disk, records first, since from then on it must be finished. Each:
/// 1. the driver acts (create: after the record that it will, or beside it for a sandbox that was started ahead);
/// 2. the record is written, with the version that the route will have;
/// 3. memory shows it, the observer hears of it, and the deadline is set or cleared;
/// 4. the route is announced, and the callers have their answer.
/// When 1 or 2 fails, what was done is undone: a creation is killed, a paused sandbox resumed, a resumed one paused. A
/// kill is never undone but tried again. When a kill took the sandbox over meanwhile, nothing is undone or shown. A
/// crash after 1 leaves the old record, and the next start makes the sandbox what its record says.
final class Lifecycle {

    private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);

    private final SandboxStore store;
    private final SandboxDriver driver;
    private final Announcements announcements;
    private final Deadlines deadlines;
    private final Admission admission;
    private final SandboxTokens tokens;
    private final Changes changes;
    private final InstantSource clock;

    Lifecycle(SandboxStore store, SandboxDriver driver, Announcements announcements, Deadlines deadlines,
            Admission admission, SandboxTokens tokens, Changes changes, InstantSource clock) {
        this.store = store;
        this.driver = driver;
        this.announcements = announcements;
        this.deadlines = deadlines;
        this.admission = admission;
        this.tokens = tokens;
        this.changes = changes;
        this.clock = clock;
    }

    /// Starts a sandbox.
    ///
    /// @param snapshot the copy of a disk that it starts with
    /// @param unfinished receives what is left of a failed creation, already claimed for a kill
    void create(Cell cell, Transition creation, Optional<String> snapshot, Consumer<Transition> unfinished) {
        Sandbox planned = creation.before();
        create(cell, creation, unfinished, () -> {
            store.insert(planned);
            Launch launch = launch(planned, snapshot);
            admission.inTurn(() -> driver.start(launch));
            Sandbox running = running(planned);
            record(running);
            return running;
        });
    }

    /// Gives a sandbox that was started ahead to its maker, and records it meanwhile.
    ///
    /// @param unfinished receives what is left of a failed creation, already claimed for a kill
    void claim(Cell cell, Transition creation, Consumer<Transition> unfinished) {
        Sandbox planned = creation.before();
        create(cell, creation, unfinished, () -> {
            Sandbox running = running(planned);
            Tasks.both(() -> {
                driver.claim(launch(planned, Optional.empty()));
                if (!planned.network().egress().isOpen()) {
                    driver.setEgress(planned.id(), planned.network().egress());
                }
            }, () -> store.insert(running));
            return running;
        });
    }

    private void create(Cell cell, Transition creation, Consumer<Transition> unfinished, Supplier<Sandbox> steps) {
        Sandbox running;
        try {
            running = steps.get();
        } catch (RuntimeException e) {
            unfinished.accept(cell.abandon(creation));
            creation.fail(failure(creation.before(), "could not be started", e));
            return;
        }
        finish(cell, creation, running, Cause.REQUEST);
        log.info("sandbox.created id={} template={} address={} end={}", running.id(), running.template(),
                running.address(), running.endAt());
    }

    private Sandbox running(Sandbox planned) {
        return announcements.versioned(
                planned.in(SandboxState.RUNNING).endingAt(now().plus(planned.timeout())));
    }

    private Launch launch(Sandbox sandbox, Optional<String> snapshot) {
        return new Launch(sandbox.id(), sandbox.uid(), sandbox.address(), admission.template(sandbox.template()),
                sandbox.environment(), sandbox.network().egress(), snapshot,
                tokens.access(sandbox));
    }

    /// Ends the processes of a sandbox and keeps its disk.
    void stop(Cell cell, Transition stop, Cause cause) {
        Sandbox before = stop.before();
        Sandbox stopped;
        try {
            stopped = announcements.versioned(before.in(SandboxState.STOPPED).endingAt(now()));
            record(stopped);
        } catch (RuntimeException e) {
            undo(cell, stop, "could not be paused", e, id -> {});
            return;
        }
        leave(cell, stop, stopped, cause, Optional.empty());
    }

    /// Starts a sandbox from its disk.
    ///
    /// @param uid its new life
    void start(Cell cell, Transition start, String uid) {
        Sandbox before = start.before();
        Sandbox stopped = before.in(SandboxState.STOPPED);
        try {
            // what was frozen is ended now
            record(stopped);
        } catch (RuntimeException e) {
            undo(cell, start, "could not be resumed", e, id -> {});
            return;
        }
        Sandbox reborn = before.reborn(uid);
        // an end that is told from now on is one of this life
        cell.publish(start, reborn.in(SandboxState.RESUMING));
        boolean began = false;
        Sandbox running;
        try {
            Launch launch = launch(reborn, Optional.empty());
            admission.inTurn(() -> driver.restart(launch));
            began = true;
            running = announcements.versioned(
                    reborn.in(SandboxState.RUNNING).endingAt(cell.wantedEnd(start, before.endAt())));
            record(running);
        } catch (RuntimeException e) {
            log.warn("sandbox.not-started id={} reason={}", before.id(), e.getMessage());
            SandboxException failure = failure(before, "could not be resumed", e);
            if (began && !isRecorded(stopped)) {
                // under a record that may say that they run, its processes are left alone
                settle(cell, start, stopped, Cause.START_FAILURE);
                start.fail(failure);
            } else {
                leave(cell, start, stopped, Cause.START_FAILURE, Optional.of(failure));
            }
            return;
        }
        finish(cell, start, running, Cause.REQUEST);
        log.info("sandbox.started id={} end={}", running.id(), running.endAt());
    }

    private boolean isRecorded(Sandbox stopped) {
        try {
            record(stopped);
            return true;
        } catch (RuntimeException e) {
            log.warn("sandbox.stop-not-recorded id={} reason={}", stopped.id(), e.getMessage());
            return false;
        }
    }

    /// Ends what there is of the processes of a sandbox that is recorded as stopped, and shows it so; what stays is ended
    /// when it is started or killed.
    ///
    /// @param failed why it is stopped, if that was not asked for
    private void leave(Cell cell, Transition transition, Sandbox stopped, Cause cause,
            Optional<SandboxException> failed) {
        if (!cell.publish(transition, cell.sandbox())) {
            return;
        }
        Optional<SandboxException> failure = failed;
        try {
            driver.stop(stopped.id());
        } catch (DriverException e) {
            failure = failed.or(() -> Optional.of(failure(stopped, "could not be paused completely", e)));
        }
        settle(cell, transition, stopped, cause);
        log.info("sandbox.stopped id={}", stopped.id());
        failure.ifPresentOrElse(transition::fail, () -> transition.succeed(stopped));
    }

    /// Copies the disk of a sandbox, whose processes do not run meanwhile.
    ///
    /// @param made hears how many bytes the copy takes
    /// @param wanted whether the copy is still waited for, asked once when there is one
    /// @param discard deletes a copy that nobody will hear of
    void copy(Cell cell, Transition copying, String to, LongConsumer made, BooleanSupplier wanted, Runnable discard) {
        Sandbox before = copying.before();
        boolean runs = before.state() == SandboxState.RUNNING;
        try {
            if (runs) {
                driver.pause(before.id());
            }
            made.accept(driver.copy(before.id(), to));
        } catch (RuntimeException e) {
            discard.run();
            undo(cell, copying, "could not be copied", e, runs ? driver::resume : id -> {});
            return;
        }
        if (runs) {
            goOn(before.id());
        }
        if (cell.release(copying) && wanted.getAsBoolean()) {
            copying.succeed(before);
        } else {
            discard.run();
        }
    }

    private void goOn(String id) {
        try {
            driver.resume(id);
        } catch (DriverException e) {
            log.warn("sandbox.not-undone id={} state={} reason={}", id, SandboxState.RUNNING, e.getMessage());
        }
    }

    void pause(Cell cell, Transition pause, Cause cause) {
        Sandbox before = pause.before();
        Sandbox paused;
        try {
            driver.pause(before.id());
            paused = announcements.versioned(before.in(SandboxState.PAUSED).endingAt(now()));
            record(paused);
        } catch (RuntimeException e) {
            undo(cell, pause, "could not be paused", e, driver::resume);
            return;
        }
        finish(cell, pause, paused, cause);
        log.info("sandbox.paused id={}", paused.id());
    }

    void resume(Cell cell, Transition resume) {
        Sandbox before = resume.before();
        Sandbox running;
        try {
            driver.resume(before.id());
            running = announcements.versioned(
                    before.in(SandboxState.RUNNING).endingAt(cell.wantedEnd(resume, before.endAt())));
            record(running);
        } catch (RuntimeException e) {
            undo(cell, resume, "could not be resumed", e, driver::pause);
            return;
        }
        finish(cell, resume, running, Cause.REQUEST);
        log.info("sandbox.resumed id={} end={}", running.id(), running.endAt());
    }

    /// Sets the end that the transition wants.
    void edit(Cell cell, Transition edit) {
        Sandbox before = edit.before();
        Sandbox changed = before.endingAt(cell.wantedEnd(edit, before.endAt()));
        try {
            record(changed);
        } catch (RuntimeException e) {
            undo(cell, edit, "could not be changed", e, id -> {});
            return;
        }
        if (cell.publish(edit, changed, () -> tellUpdated(before, changed))) {
            deadlines.set(changed);
        }
        cell.release(edit);
        edit.succeed(changed);
    }

    /// Sets what the sandbox reaches.
    void reach(Cell cell, Transition edit, Egress egress) {
        Sandbox before = edit.before();
        Sandbox changed = before.reaching(egress);
        try {
            driver.setEgress(before.id(), egress);
            record(changed);
        } catch (RuntimeException e) {
            undo(cell, edit, "could not be given another network", e,
                    id -> driver.setEgress(id, before.network().egress()));
            return;
        }
        cell.publish(edit, changed, () -> tellUpdated(before, changed));
        cell.release(edit);
        edit.succeed(changed);
        log.info("sandbox.network-changed id={} egress={}", changed.id(), egress);
    }

    /// Announces the sandbox as it is, in a new version.
    void announceAnew(Cell cell, Transition edit) {
        Sandbox announced;
        try {
            announced = announcements.versioned(edit.before());
            record(announced);
        } catch (RuntimeException e) {
            undo(cell, edit, "could not be announced", e, id -> {});
            return;
        }
        finish(cell, edit, announced, Cause.REQUEST);
    }

    /// Ends a sandbox. The cell stays claimed.
    ///
    /// @param withdraw whether its route has been announced
    /// @return why it is not gone
    Optional<SandboxException> end(Cell cell, Transition kill, boolean withdraw) {
        Sandbox ending = cell.sandbox();
        deadlines.clear(ending.id());
        CompletionStage<Void> withdrawn = CompletableFuture.completedFuture(null);
        try {
            if (withdraw) {
                ending = announcements.versioned(ending);
                cell.publish(kill, ending);
                recordKilling(ending);
                withdrawn = announcements.withdraw(ending);
            }
            driver.kill(ending.id());
            store.delete(ending.id());
        } catch (RuntimeException e) {
            log.warn("sandbox.not-ended id={} reason={}", ending.id(), e.toString());
            return Optional.of(failure(ending, "could not be removed, which is tried again", e));
        }
        announcements.await(ending, withdrawn);
        return Optional.empty();
    }

    /// Withdraws the route of a sandbox that is no longer here.
    void withdraw(Sandbox gone) {
        Sandbox last = announcements.versioned(gone);
        announcements.await(last, announcements.withdraw(last));
        store.delete(last.id());
    }

    /// A full disk must not keep a sandbox alive: killing is what frees it.
    private void recordKilling(Sandbox ending) {
        try {
            store.update(ending);
        } catch (SandboxException e) {
            log.warn("sandbox.kill-not-recorded id={} reason={}", ending.id(), e.getMessage());
        }
    }

    private void finish(Cell cell, Transition transition, Sandbox after, Cause cause) {
        if (settle(cell, transition, after, cause)) {
            transition.succeed(after);
        }
    }

    /// Shows and announces what a sandbox is after a transition, and ends that for all but those who wait for it.
    ///
    /// @return false when the transition is no longer the cell's
    private boolean settle(Cell cell, Transition transition, Sandbox after, Cause cause) {
        if (!cell.publish(transition, after, () -> tell(transition, after, cause))) {
            return false;
        }
        if (after.state() == SandboxState.RUNNING) {
            deadlines.set(after);
        } else {
            deadlines.clear(after.id());
        }
        announcements.announce(after);
        cell.release(transition);
        return true;
    }

    private void tell(Transition transition, Sandbox after, Cause cause) {
        switch (transition.kind()) {
            case CREATE -> changes.tell(Kind.CREATED, after, cause);
            case PAUSE, STOP -> changes.tell(Kind.PAUSED, after, cause);
            case RESUME, START -> {
                if (after.state() == SandboxState.RUNNING) {
                    changes.tell(Kind.RESUMED, after, cause);
                } else if (transition.before().state() != after.state()) {
                    // it did not start, and its memory is lost
                    changes.tell(Kind.UPDATED, after, cause);
                }
            }
            case EDIT, COPY, KILL -> log.trace("sandbox.announced-anew id={}", after.id());
        }
    }

    private void tellUpdated(Sandbox before, Sandbox after) {
        if (!after.equals(before)) {
            changes.tell(Kind.UPDATED, after, Cause.REQUEST);
        }
    }

    private void undo(Cell cell, Transition transition, String what, RuntimeException cause, Consumer<String> undo) {
        Sandbox before = transition.before();
        if (!cell.publish(transition, cell.sandbox())) {
            return;
        }
        try {
            undo.accept(before.id());
        } catch (DriverException e) {
            log.warn("sandbox.not-undone id={} state={} reason={}", before.id(), before.state(), e.getMessage());
        }
        cell.publish(transition, before);
        cell.release(transition);
        transition.fail(failure(before, what, cause));
    }

    private void record(Sandbox sandbox) {
        if (!store.update(sandbox)) {
            throw new SandboxException(Reason.NOT_FOUND, "sandbox " + sandbox.id() + " was killed meanwhile");
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static SandboxException failure(Sandbox sandbox, String what, RuntimeException cause) {
        String message = "sandbox " + sandbox.id() + " " + what + ": " + cause.getMessage();
        return new SandboxException(switch (cause) {
            case SandboxException known -> known.reason();
            case DriverException known -> switch (known.reason()) {
                case EXHAUSTED -> Reason.EXHAUSTED;
                case START_FAILED -> Reason.START_FAILED;
                case FAILED -> Reason.INTERNAL;
            };
            default -> Reason.INTERNAL;
        }, message, cause);
    }
}
