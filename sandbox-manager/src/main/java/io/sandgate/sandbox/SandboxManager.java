package io.sandgate.sandbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.driver.SandboxDriver;
import io.sandgate.sandbox.runtime.Usage;
import io.sandgate.sandbox.tenant.Claim;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The sandboxes of this replica. Contract for the faces; each call blocks and belongs on a virtual thread.
///
/// Failures are [SandboxException]s. A call that changes a sandbox returns when the change is durable and its route
/// has been announced, or the wait for that is over.
public interface SandboxManager extends AutoCloseable {

    /// Loads the database's library, which takes long, ahead of [#open]. May be called from any thread, or not at all.
    static void prepare() {
        Database.prepare();
    }

    /// Opens the sandboxes of a data directory: finds those that live, removes what is left of others, and runs their
    /// deadlines; one that is overdue falls due at once. Nothing is announced of those that live before [#announceAll].
    ///
    /// @param records of the replica's data directory; stay the caller's to close, after the manager
    /// @param driver runs the sandboxes; stays the caller's to close, after the manager
    /// @param observer hears of each change, the first time within this call of those that live
    /// @param tokens what callers of secured sandboxes must show
    /// @param random unpredictable, since ids and addresses come from it
    /// @throws SandboxException when the records cannot be used; the message says what to do
    static SandboxManager open(Records records, SandboxSettings settings, SandboxDriver driver,
            RouteAnnouncer announcer, SandboxObserver observer, SandboxTokens tokens, InstantSource clock,
            RandomGenerator random, MeterRegistry meters) {
        return LocalSandboxes.open(settings, new SqliteStore(records), driver, announcer, observer, tokens, clock,
                new SystemAlarm(), random, meters);
    }

    /// Makes a sandbox and returns when it is ready.
    ///
    /// @throws SandboxException INVALID, EXHAUSTED, START_FAILED or INTERNAL; nothing is left of it then
    Sandbox create(CreateSandbox request);

    /// A sandbox in whatever state, also while it is being created or killed.
    Optional<Sandbox> find(String id);

    /// All sandboxes apart from those that are being created or killed, in no order.
    List<Sandbox> list();

    /// Freezes a running sandbox, or ends its processes and keeps its disk. Joins a pause that is under way.
    ///
    /// @param memory whether its processes go on when it is resumed; else it starts anew from its disk
    /// @throws SandboxException NOT_FOUND; CONFLICT when it is paused already or not running
    void pause(String id, boolean memory);

    /// Makes sure that a sandbox runs and will for at least `timeout`: resumes a paused one, waits for one that is
    /// pausing, joins a resume that is under way. Never brings the deadline forward.
    ///
    /// @param memory whether a frozen sandbox goes on; else its processes are ended and it starts anew from its disk
    /// @throws SandboxException NOT_FOUND; CONFLICT when it is being killed, or being resumed and `memory` is false;
    ///         INVALID
    Connected connect(String id, Duration timeout, boolean memory);

    /// Resumes a paused sandbox for `timeout`. Joins a resume that is under way.
    ///
    /// @throws SandboxException NOT_FOUND; CONFLICT when it is not paused; INVALID
    Sandbox resume(String id, Duration timeout);

    /// Sets the deadline of a running sandbox to `timeout` from now, at most the longest timeout; zero ends it now.
    ///
    /// @throws SandboxException NOT_FOUND; CONFLICT when it is not running; INVALID when negative
    void setTimeout(String id, Duration timeout);

    /// Moves the deadline of a running sandbox to `duration` from now, unless it is later already.
    ///
    /// @throws SandboxException as for [#setTimeout]
    void refresh(String id, Duration duration);

    /// Sets anew what a running sandbox reaches of the world.
    ///
    /// @throws SandboxException NOT_FOUND; CONFLICT when it is not running; INVALID where sandboxes share the machine's network
    void setEgress(String id, Egress egress);

    /// Ends a sandbox in whatever state and removes all that it had. Joins a kill that is under way.
    ///
    /// @throws SandboxException NOT_FOUND; INTERNAL when something of it could not be removed yet, which is tried again
    void kill(String id);

    /// What the processes of a sandbox wrote last, oldest first.
    ///
    /// @throws SandboxException NOT_FOUND
    List<LogLine> logs(String id);

    /// What a sandbox used, while it ran, in the last hours or so, oldest first.
    ///
    /// @param from the first second since 1970 that is asked for
    /// @param to the last one
    /// @throws SandboxException NOT_FOUND
    List<Usage> usage(String id, long from, long to);

    /// Copies the disk of a sandbox that runs or is paused; its processes stand still meanwhile. What they hold in memory is
    /// not in the copy.
    ///
    /// @param name what the copy can be asked for by, beside its id; a name is given to the latest that asks for it
    /// @throws SandboxException NOT_FOUND; CONFLICT when it is being killed; INVALID for a name that cannot be;
    ///         EXHAUSTED when there are too many snapshots or there is no space
    Snapshot snapshot(String id, Optional<String> name);

    /// The snapshots that this replica has, in no order.
    List<Snapshot> snapshots();

    /// Deletes a snapshot; sandboxes that were made from it stay.
    ///
    /// @throws SandboxException NOT_FOUND
    void deleteSnapshot(String id);

    /// Copies the disk of a sandbox as [#snapshot] does, to make sandboxes from it that are like it: same owner, template,
    /// metadata, environment and network.
    ///
    /// @param timeout how long they live
    /// @throws SandboxException as for [#snapshot]
    Fork fork(String id, Duration timeout);

    /// Announces all sandboxes anew, in a version above what is known, and withdraws those that ended before. Called
    /// when the route table has been filled from the peers; returns when all is announced or the wait for it is over.
    void announceAll();

    /// Announces a sandbox anew, above what another replica said of its route meanwhile. Does nothing for one that is not
    /// here. Blocks as [#announceAll] does, for one sandbox.
    void announce(String id);

    /// Stops the deadlines and, where the settings say so, kills all sandboxes.
    @Override
    void close();

    /// The answer to a connect.
    ///
    /// @param resumed whether it was paused
    record Connected(Sandbox sandbox, boolean resumed) {}

    /// A copy of a sandbox' disk to make sandboxes from. Thread-safe; calls block.
    interface Fork extends AutoCloseable {

        /// Makes one more sandbox.
        ///
        /// @param claim what it takes of its key's quota
        /// @throws SandboxException as for [SandboxManager#create]
        Sandbox another(Claim claim);

        /// Deletes the copy.
        @Override
        void close();
    }

    /// One line that a process of a sandbox wrote.
    ///
    /// @param time when the line was seen
    /// @param stream `stdout` or `stderr`
    record LogLine(Instant time, String stream, String text) {}
}
