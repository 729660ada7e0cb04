package io.sandgate.sandbox.driver;

import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.SandboxRuntime;
import io.sandgate.sandbox.runtime.Usage;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Runs sandboxes. All calls block and belong on virtual threads.
///
/// For one sandbox there is one call at a time, except that [#kill] may come while any other but [#start], [#prepare] and
/// [#restart] runs and wins over it. Failures are [DriverException]s.
public interface SandboxDriver extends AutoCloseable {

    /// No copy of a disk takes longer: it fails.
    Duration LONGEST_COPY = Duration.ofHours(1);

    /// Takes over what an earlier life of the replica left: finds the residents again, freezes, thaws or stops them as their
    /// records say, and removes everything of this replica that belongs to no resident and is none of the snapshots. Called
    /// once, before all else.
    ///
    /// @param snapshots the copies of disks that should be there
    /// @return the ids of the residents that live
    Set<String> recover(Collection<Resident> residents, Set<String> snapshots);

    /// Sets aside an address for a new sandbox, which [#kill] gives back.
    String allocate(String id);

    /// Starts a sandbox and returns when it is ready. After a failure the caller kills or stops what there is of it.
    void start(Launch launch);

    /// Starts a sandbox ahead of its use, as [#start] does, but with nothing that answers within it.
    void prepare(Launch launch);

    /// Gives a sandbox that was prepared the environment and the token of its maker, and lets it answer. Quick.
    ///
    /// @throws DriverException START_FAILED when it has ended meanwhile
    void claim(Launch launch);

    /// Freezes all processes of a sandbox and keeps their memory.
    void pause(String id);

    /// Thaws all processes of a sandbox.
    void resume(String id);

    /// Ends all processes of a sandbox and keeps its disk and its address. One that is stopped already, or was half, is
    /// stopped.
    void stop(String id);

    /// Starts a sandbox anew from the disk that [#stop] left.
    ///
    /// @param launch as for its first start; its snapshot does not matter
    void restart(Launch launch);

    /// Copies the disk of a sandbox that is paused or stopped.
    ///
    /// @return how many bytes the copy takes
    long copy(String id, String snapshot);

    /// Deletes a copy; one that is not there counts as deleted.
    void deleteCopy(String snapshot);

    /// Sets anew what a sandbox reaches of the world, at once and for open connections too. Where [#closesNetworks] only.
    void setEgress(String id, Egress egress);

    /// Ends all processes of a sandbox and removes everything it had. A sandbox that is not there counts as killed.
    void kill(String id);

    /// The lines that the sandbox's processes wrote last, oldest first.
    List<LogEntry> logs(String id);

    /// What a running sandbox uses, its processors since the call before. Nothing where there is no telling.
    ///
    /// @throws GuestException UNAVAILABLE when it is over
    Optional<Usage> usage(String id);

    /// A sandbox from within; nothing where there is no way in.
    Optional<SandboxRuntime> runtime(String id);

    /// How sandboxes are kept apart less than they could be, for people; empty when nothing is missing.
    List<String> shortfalls();

    /// Whether a sandbox can be kept from the world.
    boolean closesNetworks();

    /// Sets who hears of sandboxes that end by themselves after their start. The listener must not block.
    void onExit(ExitListener listener);

    /// Lets go of the sandboxes, which keep running and can be recovered.
    @Override
    void close();

    /// Hears that all processes of a sandbox are gone.
    @FunctionalInterface
    interface ExitListener {
        void exited(String id, String uid, String detail);
    }
}
