package io.sandgate.sandbox.driver.process;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.sandbox.DataDirectory;
import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxSettings;
import io.sandgate.sandbox.driver.Launch;
import io.sandgate.sandbox.driver.LogEntry;
import io.sandgate.sandbox.driver.Resident;
import io.sandgate.sandbox.driver.SandboxDriver;
import io.sandgate.sandbox.driver.process.Command.Host;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Runs each sandbox as a directory and a tree of processes on this Linux machine, reached at a loopback address of its
/// own.
///
/// Nothing here isolates sandboxes from each other or from the machine: they are processes of the user that the replica
/// runs as.
public final class ProcessDriver implements SandboxDriver {

    private static final Duration SETTLE = Duration.ofMillis(100);
    private static final int LAST_LINES = 10;

    private final SandboxSettings settings;
    private final DataDirectory data;
    private final Predicate<String> usedElsewhere;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final MeterRegistry meters;
    private final AddressRange range;
    private final SandboxFolders folders;
    private final ProcFs proc = new ProcFs();
    private final Mark mark;
    private final ProcessTable table;
    private final ProcessTree tree;
    private final Readiness readiness;
    private final Keeper keeper;
    private final Host host = Host.current();
    private final Set<String> withProcesses = ConcurrentHashMap.newKeySet();
    private volatile @Nullable AddressPool pool;
    private volatile @Nullable BlockClaim claim;

    private ProcessDriver(DataDirectory data, SandboxSettings settings, Predicate<String> usedElsewhere,
            InstantSource clock, RandomGenerator random, MeterRegistry meters) {
        this.settings = settings;
        this.data = data;
        this.usedElsewhere = usedElsewhere;
        this.clock = clock;
        this.random = random;
        this.meters = meters;
        this.range = AddressRange.parse(settings.addresses());
        this.folders = SandboxFolders.in(data.path());
        this.mark = new Mark(proc, Nonce.in(data.path(), random), folders.path());
        this.table = new ProcessTable(proc, mark, meters);
        this.tree = new ProcessTree(table, proc, settings.killTimeout());
        this.readiness = new Readiness(settings.startTimeout(), SETTLE);
        this.keeper = new Keeper(table, settings.logBytes(), clock);
    }

    /// Makes the driver; what runs already is left alone until [#recover].
    ///
    /// @param data the replica's data directory, locked
    /// @param usedElsewhere whether the route table knows an address as that of a sandbox; must not block
    /// @throws SandboxException when this machine lacks what the driver needs; the message says what
    public static ProcessDriver open(DataDirectory data, SandboxSettings settings, Predicate<String> usedElsewhere,
            InstantSource clock, RandomGenerator random, MeterRegistry meters) {
        Requirements.check(Host.current().path(), settings.templates().values());
        return new ProcessDriver(data, settings, usedElsewhere, clock, random, meters);
    }

    @Override
    public Set<String> recover(Collection<Resident> residents) {
        List<Integer> addresses = residents.stream().map(resident -> Addresses.parse(resident.address()))
                .filter(range::contains).toList();
        BlockClaim taken = BlockClaim.take(range, addresses, data.path().resolve("address-block"));
        claim = taken;
        AddressPool opened = new AddressPool(taken.firstAddress(), range.blockSize(), settings.addressQuarantine(),
                usedElsewhere, clock, random);
        pool = opened;
        Gauge.builder("sandgate.sandbox.addresses.used", opened, AddressPool::used)
                .description("Addresses that sandboxes of this replica have").register(meters);
        Recovery recovery = new Recovery(folders, table, tree, proc);
        for (Recovery.Living living : recovery.run(residents)) {
            Resident resident = living.resident();
            opened.adopt(resident.id(), resident.address());
            if (living.withProcesses()) {
                withProcesses.add(resident.id());
                keeper.watch(resident.id(), resident.uid(), folders.of(resident.id()).log());
                keeper.started(resident.id());
            }
        }
        return recovery.livingIds();
    }

    @Override
    public String allocate(String id) {
        return pool().allocate(id);
    }

    @Override
    public void start(Launch launch) {
        String id = launch.id();
        SandboxFolder folder = folders.of(id);
        Command command = new Command(launch, folder, host);
        readiness.requireFree(launch);
        folder.create(launch.template().hasCommand(), command.files());
        if (!launch.template().hasCommand()) {
            return;
        }
        withProcesses.add(id);
        keeper.watch(id, launch.uid(), folder.log());
        Process process = command.run(mark.value(id));
        CompletableFuture<Integer> exit = process.onExit().thenApply(Process::exitValue);
        proc.process((int) process.pid()).ifPresent(root -> {
            table.adopt(id, root);
            folder.remember(root, proc.bootId());
        });
        readiness.await(launch, exit, () -> tree.alive(id), () -> lastLines(id));
        keeper.started(id);
        var _ = exit.thenAccept(code -> keeper.commandEnded(id, code));
    }

    @Override
    public void pause(String id) {
        if (withProcesses.contains(id)) {
            tree.stop(id);
        }
    }

    @Override
    public void resume(String id) {
        if (withProcesses.contains(id)) {
            tree.go(id);
        }
    }

    @Override
    public void kill(String id) {
        if (withProcesses.contains(id)) {
            tree.kill(id);
            keeper.forget(id);
            table.forget(id);
        }
        folders.of(id).delete();
        pool().release(id);
        withProcesses.remove(id);
    }

    @Override
    public List<LogEntry> logs(String id) {
        return withProcesses.contains(id) ? keeper.read(id, false) : List.of();
    }

    @Override
    public void onExit(ExitListener listener) {
        keeper.onExit(listener);
    }

    @Override
    public void close() {
        keeper.close();
        BlockClaim held = claim;
        if (held != null) {
            held.close();
        }
    }

    private AddressPool pool() {
        AddressPool opened = pool;
        if (opened == null) {
            throw new IllegalStateException("recover() must come first");
        }
        return opened;
    }

    private String lastLines(String id) {
        List<LogEntry> lines = keeper.read(id, true);
        StringBuilder text = new StringBuilder(lines.isEmpty() ? "; it wrote nothing" : "; its last lines:");
        lines.stream().skip(Math.max(0, lines.size() - LAST_LINES))
                .forEach(line -> text.append('\n').append(line.text()));
        return text.toString();
    }

}
