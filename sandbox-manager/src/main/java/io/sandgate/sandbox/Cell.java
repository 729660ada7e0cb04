package io.sandgate.sandbox;

import io.sandgate.sandbox.Cell.Move.Claimed;
import io.sandgate.sandbox.Cell.Move.Joined;
import io.sandgate.sandbox.Cell.Move.Nothing;
import io.sandgate.sandbox.Cell.Move.Wait;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.Transition.Kind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One sandbox and the one transition that may be under way in it. Decides which calls are allowed, which join and which
/// wait; does nothing itself and never blocks.
///
/// Implementation note. A caller asks for a move; what it gets is decided at once, under this cell's lock:
///
///     asks \ is    running   pausing   paused     resuming   changing   killing
///     pause        claims    joins     CONFLICT   CONFLICT   waits      CONFLICT
///     connect      extends   waits     resumes    joins      waits      CONFLICT
///     resume       CONFLICT  waits     claims     joins      waits      CONFLICT
///     timeout, net claims    CONFLICT  CONFLICT   CONFLICT   waits      CONFLICT
///     copy         claims    waits     claims     waits      waits      CONFLICT
///     kill         claims    claims    claims     claims     claims     joins
///
/// A stopped sandbox counts as paused, and a copy that is being made as a change; a kill waits for a start from the disk. While it is being created, all wait. A kill takes the cell away from a pause, a resume or a change, whose own results
/// are dropped from then on, since their transition is no longer the cell's. A transition stays the cell's until its
/// route has been announced, so that whoever asks before its first caller has an answer counts as concurrent with it.
final class Cell {

    /// What a caller who asked for something has to do.
    sealed interface Move {
        /// Carry the transition out.
        record Claimed(Transition transition) implements Move {}

        /// Take the outcome of a transition that is under way for one's own.
        record Joined(Transition transition) implements Move {}

        /// Wait for a transition to end in whatever way, and ask again.
        record Wait(Transition transition) implements Move {}

        /// Nothing: the sandbox is as it was asked for.
        record Nothing(Sandbox sandbox) implements Move {}
    }

    private final UsageHistory usage = new UsageHistory();
    private volatile Sandbox sandbox;
    /// Whether it has been made; never untrue again.
    private volatile boolean made;
    private @Nullable Transition transition;

    /// A sandbox at rest.
    Cell(Sandbox sandbox) {
        this(sandbox, true);
    }

    private Cell(Sandbox sandbox, boolean made) {
        this.sandbox = sandbox;
        this.made = made;
    }

    /// A sandbox that is being created.
    static Cell creating(Sandbox sandbox, Transition creation) {
        Cell cell = new Cell(sandbox, false);
        cell.transition = creation;
        return cell;
    }

    Sandbox sandbox() {
        return sandbox;
    }

    /// Whether it is, or was before its kill, more than a creation that is under way or failed.
    boolean wasMade() {
        return made;
    }

    /// What it used, as long as it is there.
    UsageHistory usage() {
        return usage;
    }

    /// @param memory whether its processes are kept
    synchronized Move pause(boolean memory) {
        Transition now = transition;
        if (now == null) {
            return switch (sandbox.state()) {
                case RUNNING -> claim(memory ? Kind.PAUSE : Kind.STOP, SandboxState.PAUSING);
                case PAUSED, STOPPED -> throw conflict("is already paused");
                default -> throw conflict("is not running");
            };
        }
        return switch (now.kind()) {
            case PAUSE, STOP -> new Joined(now);
            case CREATE, EDIT, COPY -> new Wait(now);
            case RESUME, START -> throw conflict("is being resumed");
            case KILL -> throw conflict("is being killed");
        };
    }

    /// @param end the earliest instant at which the sandbox may end
    /// @param memory whether processes that were kept go on
    synchronized Move connect(Instant end, boolean memory) {
        Transition now = transition;
        if (now == null) {
            return switch (sandbox.state()) {
                case RUNNING -> sandbox.endAt().isBefore(end) ? edit(end) : new Nothing(sandbox);
                case PAUSED, STOPPED -> claimResume(end, memory);
                default -> throw conflict("is being killed");
            };
        }
        return switch (now.kind()) {
            case CREATE, EDIT, COPY, PAUSE, STOP -> new Wait(now);
            case RESUME, START -> {
                if (!memory) {
                    throw conflict("is being resumed");
                }
                yield joinResume(now, end);
            }
            case KILL -> throw conflict("is being killed");
        };
    }

    synchronized Move resume(Instant end) {
        Transition now = transition;
        if (now == null) {
            return switch (sandbox.state()) {
                case RUNNING -> throw conflict("is already running");
                case PAUSED, STOPPED -> claimResume(end, true);
                default -> throw conflict("is being killed");
            };
        }
        return switch (now.kind()) {
            case CREATE, EDIT, COPY, PAUSE, STOP -> new Wait(now);
            case RESUME, START -> joinResume(now, end);
            case KILL -> throw conflict("is being killed");
        };
    }

    /// @param onlyLater whether an end before the present one is ignored
    synchronized Move endAt(Instant end, boolean onlyLater) {
        Move move = change();
        if (!(move instanceof Claimed(Transition claimed))) {
            return move;
        }
        if (onlyLater && !end.isAfter(sandbox.endAt())) {
            release(claimed);
            return new Nothing(sandbox);
        }
        claimed.want(end);
        return move;
    }

    /// Claims a running sandbox for a change that keeps its state.
    synchronized Move change() {
        Transition now = transition;
        if (now != null && (now.kind() == Kind.EDIT || now.kind() == Kind.COPY || now.kind() == Kind.CREATE)) {
            return new Wait(now);
        }
        if (now != null || sandbox.state() != SandboxState.RUNNING) {
            throw conflict("is not running");
        }
        return claim(Kind.EDIT, sandbox.state());
    }

    /// Claims the sandbox for a change of its record that keeps its state.
    synchronized Move touch() {
        Transition now = transition;
        if (now != null) {
            return now.kind() == Kind.KILL ? new Nothing(sandbox) : new Wait(now);
        }
        return sandbox.state() == SandboxState.KILLING ? new Nothing(sandbox) : claim(Kind.EDIT, sandbox.state());
    }

    /// Claims the sandbox while its disk is copied.
    synchronized Move copy() {
        Transition now = transition;
        if (now != null && now.kind() != Kind.KILL) {
            return new Wait(now);
        }
        if (now != null || sandbox.state() == SandboxState.KILLING) {
            throw conflict("is being killed");
        }
        return claim(Kind.COPY, sandbox.state());
    }

    synchronized Move kill() {
        Transition now = transition;
        if (now != null && now.kind() == Kind.KILL) {
            return new Joined(now);
        }
        if (now != null && (now.kind() == Kind.CREATE || now.kind() == Kind.START)) {
            return new Wait(now);
        }
        Transition kill = new Transition(Kind.KILL, sandbox);
        if (now != null) {
            now.fail(new SandboxException(Reason.NOT_FOUND, "sandbox " + sandbox.id() + " was killed meanwhile"));
        }
        transition = kill;
        sandbox = sandbox.in(SandboxState.KILLING);
        return new Claimed(kill);
    }

    /// Claims what a deadline asks for, unless it is no longer the sandbox's.
    synchronized Move expire(Deadlines.Deadline deadline) {
        Transition now = transition;
        if (now != null && now.kind() != Kind.KILL) {
            return new Wait(now);
        }
        boolean holds = now == null && sandbox.state() == SandboxState.RUNNING && sandbox.uid().equals(deadline.uid())
                && sandbox.endAt().equals(deadline.at());
        if (!holds) {
            return new Nothing(sandbox);
        }
        return switch (sandbox.onTimeout()) {
            case KILL -> kill();
            case PAUSE -> pause(true);
            case STOP -> pause(false);
        };
    }

    /// Turns a creation that failed into a kill.
    synchronized Transition abandon(Transition creation) {
        if (transition != creation) {
            throw new IllegalStateException("sandbox " + sandbox.id() + " is not being created");
        }
        Transition kill = new Transition(Kind.KILL, sandbox);
        transition = kill;
        sandbox = sandbox.in(SandboxState.KILLING);
        return kill;
    }

    /// Shows the result of a transition, which goes on.
    ///
    /// @return false when the transition is no longer the cell's
    synchronized boolean publish(Transition mine, Sandbox after) {
        if (transition != mine) {
            return false;
        }
        sandbox = after;
        return true;
    }

    /// The latest end that was asked of a transition.
    synchronized Instant wantedEnd(Transition mine, Instant otherwise) {
        Instant wanted = mine.wantedEnd();
        return wanted == null ? otherwise : wanted;
    }

    /// Shows the result of a transition as above, and does something before anybody can claim the sandbox for the next one.
    ///
    /// @param then must not block
    /// @return false when the transition is no longer the cell's, and nothing was done
    synchronized boolean publish(Transition mine, Sandbox after, Runnable then) {
        if (!publish(mine, after)) {
            return false;
        }
        made = true;
        then.run();
        return true;
    }

    /// Ends a transition; the sandbox stays as it was published last.
    synchronized boolean release(Transition mine) {
        if (transition != mine) {
            return false;
        }
        transition = null;
        return true;
    }

    private Move claimResume(Instant end, boolean memory) {
        boolean goesOn = memory && sandbox.state() == SandboxState.PAUSED;
        Claimed claimed = claim(goesOn ? Kind.RESUME : Kind.START, SandboxState.RESUMING);
        claimed.transition().want(end);
        return claimed;
    }

    private static Move joinResume(Transition resume, Instant end) {
        resume.want(end);
        return new Joined(resume);
    }

    private Move edit(Instant end) {
        Claimed claimed = claim(Kind.EDIT, sandbox.state());
        claimed.transition().want(end);
        return claimed;
    }

    private Claimed claim(Kind kind, SandboxState next) {
        Transition claimed = new Transition(kind, sandbox);
        transition = claimed;
        sandbox = sandbox.in(next);
        return new Claimed(claimed);
    }

    private SandboxException conflict(String why) {
        return new SandboxException(Reason.CONFLICT, "sandbox " + sandbox.id() + " " + why);
    }
}
