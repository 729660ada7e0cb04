package io.sandgate.sandbox;

import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.driver.Launch;
import io.sandgate.sandbox.driver.LogEntry;
import io.sandgate.sandbox.driver.Resident;
import io.sandgate.sandbox.driver.SandboxDriver;
import io.sandgate.sandbox.runtime.SandboxRuntime;
import io.sandgate.sandbox.runtime.Usage;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A driver whose sandboxes are words in a map.
final class MemoryDriver implements SandboxDriver {

    final Map<String, String> states = new ConcurrentHashMap<>();
    /// What state the sandbox was in, by the id of the copy.
    final Map<String, String> copies = new ConcurrentHashMap<>();
    /// What was launched last.
    volatile @Nullable Launch launched;
    /// What sandboxes say of what they use.
    final Map<String, Supplier<Usage>> usages = new ConcurrentHashMap<>();
    /// What sandboxes reach.
    final Map<String, Egress> egresses = new ConcurrentHashMap<>();
    volatile boolean closesNetworks;
    private final Journal journal;
    private final AtomicInteger addresses = new AtomicInteger();
    private volatile ExitListener listener = (id, uid, detail) -> {};

    MemoryDriver(Journal journal) {
        this.journal = journal;
    }

    /// Ends a sandbox by itself.
    void exit(Sandbox sandbox) {
        exit(sandbox.id(), sandbox.uid());
    }

    /// Ends what has an id.
    void exit(String id, String uid) {
        listener.exited(id, uid, "test");
    }

    @Override
    public Set<String> recover(Collection<Resident> residents, Set<String> snapshots) {
        copies.keySet().retainAll(snapshots);
        Set<String> alive = residents.stream().map(Resident::id).filter(states::containsKey)
                .collect(Collectors.toCollection(TreeSet::new));
        states.keySet().retainAll(alive);
        residents.stream().filter(resident -> alive.contains(resident.id()))
                .forEach(resident -> {
                    states.put(resident.id(), switch (resident.state()) {
                        case RUNNING -> "running";
                        case FROZEN -> "frozen";
                        case STOPPED -> "stopped";
                    });
                    egresses.put(resident.id(), resident.egress());
                });
        return alive;
    }

    @Override
    public String allocate(String id) {
        journal.step("driver.allocate");
        return "127.64.0." + addresses.incrementAndGet();
    }

    @Override
    public void start(Launch launch) {
        launched = launch;
        states.put(launch.id(), "starting");
        journal.step("driver.start");
        egresses.put(launch.id(), launch.egress());
        states.put(launch.id(), "running");
    }

    @Override
    public void prepare(Launch launch) {
        states.put(launch.id(), "preparing");
        journal.step("driver.prepare");
        states.put(launch.id(), "warm");
    }

    @Override
    public void claim(Launch launch) {
        launched = launch;
        journal.step("driver.claim");
        if (states.computeIfPresent(launch.id(), (key, state) -> "running") == null) {
            throw new DriverException(DriverException.Reason.START_FAILED, "ended before it was asked for");
        }
    }

    @Override
    public void pause(String id) {
        journal.step("driver.pause");
        states.computeIfPresent(id, (key, state) -> "frozen");
    }

    @Override
    public void resume(String id) {
        journal.step("driver.resume");
        states.computeIfPresent(id, (key, state) -> "running");
    }

    @Override
    public void stop(String id) {
        journal.step("driver.stop");
        states.computeIfPresent(id, (key, state) -> "stopped");
    }

    @Override
    public void restart(Launch launch) {
        launched = launch;
        states.put(launch.id(), "starting");
        journal.step("driver.restart");
        states.put(launch.id(), "running");
    }

    @Override
    public long copy(String id, String snapshot) {
        journal.step("driver.copy");
        copies.put(snapshot, states.getOrDefault(id, "gone"));
        return 4096;
    }

    @Override
    public void deleteCopy(String snapshot) {
        journal.step("driver.delete-copy");
        copies.remove(snapshot);
    }

    @Override
    public void setEgress(String id, Egress egress) {
        journal.step("driver.setEgress");
        egresses.put(id, egress);
    }

    @Override
    public void kill(String id) {
        journal.step("driver.kill");
        states.remove(id);
    }

    @Override
    public Optional<Usage> usage(String id) {
        return Optional.ofNullable(usages.get(id)).map(Supplier::get);
    }

    @Override
    public Optional<SandboxRuntime> runtime(String id) {
        return Optional.empty();
    }

    @Override
    public boolean closesNetworks() {
        return closesNetworks;
    }

    @Override
    public List<String> shortfalls() {
        return List.of();
    }

    @Override
    public List<LogEntry> logs(String id) {
        return List.of(new LogEntry(ManualTime.START, "stdout", "line of " + id));
    }

    @Override
    public void onExit(ExitListener exitListener) {
        listener = exitListener;
    }

    @Override
    public void close() {}
}
