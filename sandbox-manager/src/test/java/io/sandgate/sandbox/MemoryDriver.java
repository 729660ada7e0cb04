package io.sandgate.sandbox;

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

/// A driver whose sandboxes are words in a map.
final class MemoryDriver implements SandboxDriver {

    final Map<String, String> states = new ConcurrentHashMap<>();
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
        listener.exited(sandbox.id(), sandbox.uid(), "test");
    }

    @Override
    public Set<String> recover(Collection<Resident> residents) {
        Set<String> alive = residents.stream().map(Resident::id).filter(states::containsKey)
                .collect(Collectors.toCollection(TreeSet::new));
        states.keySet().retainAll(alive);
        residents.stream().filter(resident -> alive.contains(resident.id()))
                .forEach(resident -> {
                    states.put(resident.id(), resident.frozen() ? "frozen" : "running");
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
        states.put(launch.id(), "starting");
        journal.step("driver.start");
        egresses.put(launch.id(), launch.egress());
        states.put(launch.id(), "running");
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
