package io.sandgate.sandbox.driver.process;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.sandbox.DataDirectory;
import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxSettings;
import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.DriverException.Reason;
import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.driver.Launch;
import io.sandgate.sandbox.driver.LogEntry;
import io.sandgate.sandbox.driver.Resident;
import io.sandgate.sandbox.driver.SandboxDriver;
import io.sandgate.sandbox.driver.Template;
import io.sandgate.sandbox.driver.process.Command.Host;
import io.sandgate.sandbox.isolation.Isolation;
import io.sandgate.sandbox.linux.SearchPath;
import io.sandgate.sandbox.outbound.NameLookup;
import io.sandgate.sandbox.outbound.OutboundRelay;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.RuntimeFace;
import io.sandgate.sandbox.runtime.SandboxRuntime;
import io.sandgate.sandbox.runtime.Usage;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs each sandbox as a directory and a tree of processes on this Linux machine, kept apart from it as far as it allows
/// and as the settings ask for ([Isolation]), and answers within it ([RuntimeFace]).
///
/// A sandbox is reached at an address of its own: in a network of its own, or else on the machine's loopback.
public final class ProcessDriver implements SandboxDriver {

    private static final Logger log = LoggerFactory.getLogger(ProcessDriver.class);

    private static final Duration SETTLE = Duration.ofMillis(100);
    private static final int LAST_LINES = 10;

    private final SandboxSettings settings;
    private final DataDirectory data;
    private final Environment outside;
    private final MeterRegistry meters;
    private final AddressRange range;
    private final NetworkAddresses networkAddresses;
    private final SandboxFolders folders;
    private final ProcFs proc = new ProcFs();
    private final Mark mark;
    private final ProcessTable table;
    private final ProcessTree tree;
    private final Readiness readiness;
    private final Keeper keeper;
    private final OutboundRelay relay;
    private final Host host = Host.current();
    private volatile @Nullable Grounds grounds;

    /// What the driver needs of the replica.
    ///
    /// @param usedElsewhere whether the route table knows an address as that of a sandbox; must not block
    /// @param face makes sandboxes answer at their addresses
    /// @param random unpredictable
    /// @param names finds the addresses of names that sandboxes may reach
    public record Environment(Predicate<String> usedElsewhere, RuntimeFace face, InstantSource clock,
            RandomGenerator random, NameLookup names) {}

    /// What is there from the recovery on.
    private record Grounds(BlockClaim claim, AddressPool pool, Isolation isolation, ProcessGuests guests,
            DiskCopies copies) {}

    private ProcessDriver(DataDirectory data, SandboxSettings settings, Environment outside, MeterRegistry meters) {
        this.settings = settings;
        this.data = data;
        this.outside = outside;
        this.meters = meters;
        this.range = AddressRange.parse(settings.addresses());
        this.networkAddresses = NetworkAddresses.parse(range, settings.confinement().network());
        this.folders = SandboxFolders.in(data.path());
        this.mark = new Mark(proc, Nonce.in(data.path(), outside.random()), folders.path());
        this.table = new ProcessTable(proc, mark, meters);
        this.tree = new ProcessTree(table, proc, settings.killTimeout());
        this.readiness = new Readiness(settings.startTimeout(), SETTLE);
        this.keeper = new Keeper(table, settings.logBytes(), outside.clock());
        this.relay = OutboundRelay.open(outside.names(),
                OutboundRelay.Limits.of(settings.confinement().maxNamed(), settings.confinement().maxAllNamed()),
                System::nanoTime, meters);
    }

    /// Makes the driver; what runs already is left alone until [#recover].
    ///
    /// @param data the replica's data directory, locked
    /// @throws SandboxException when this machine lacks what the driver needs; the message says what
    public static ProcessDriver open(DataDirectory data, SandboxSettings settings, Environment outside,
            MeterRegistry meters) {
        Requirements.check(SearchPath.current(), settings.templates().values());
        return new ProcessDriver(data, settings, outside, meters);
    }

    @Override
    public Set<String> recover(Collection<Resident> residents, Set<String> snapshots) {
        List<Integer> addresses = residents.stream()
                .map(resident -> Addresses.parse(networkAddresses.inside(resident.address())))
                .filter(range::contains).toList();
        BlockClaim claim = BlockClaim.take(range, addresses, data.path().resolve("address-block"));
        String block = Addresses.format(claim.firstAddress());
        Isolation isolation = Isolation.open(new Isolation.Plan(settings.confinement().isolation(), data.path(),
                Integer.toHexString(claim.firstAddress()), networkAddresses.outside(block),
                settings.confinement().shownPaths(), relay));
        isolation.shortfalls().forEach(shortfall -> log.warn("sandbox.isolation-partial lacking=\"{}\"", shortfall));
        AddressPool pool = new AddressPool(claim.firstAddress(), range.blockSize(), settings.addressQuarantine(),
                address -> outside.usedElsewhere().test(address)
                        || outside.usedElsewhere().test(networkAddresses.outside(address)),
                outside.clock(), outside.random());
        Gauge.builder("sandgate.sandbox.addresses.used", pool, AddressPool::used)
                .description("Addresses that sandboxes of this replica have").register(meters);
        ProcessGuests guests = new ProcessGuests(settings, isolation, networkAddresses, outside.face(), outside.clock(),
                mark);
        DiskCopies copies = new DiskCopies(data.path(), isolation.disks());
        copies.retain(snapshots);
        guests.measure(meters);
        grounds = new Grounds(claim, pool, isolation, guests, copies);
        Recovery recovery = new Recovery(folders, table, tree, proc, isolation.kind());
        List<Recovery.Living> living = recovery.run(residents);
        guests.recoverGrounds(living.stream().map(Recovery.Living::resident).toList(), claim.firstAddress(),
                range.blockSize());
        for (Recovery.Living one : living) {
            Resident resident = one.resident();
            SandboxFolder folder = folders.of(resident.id());
            pool.adopt(resident.id(), networkAddresses.inside(resident.address()));
            guests.recover(resident, one.began(), folder);
            keeper.watch(resident.id(), resident.uid(), folder.log());
            keeper.started(resident.id(), folder.hasCommand() ? one.began().all() : Set.of());
        }
        recovery.stopped().forEach(resident -> pool.adopt(resident.id(), networkAddresses.inside(resident.address())));
        return recovery.livingIds();
    }

    @Override
    public String allocate(String id) {
        String address = grounds().pool().allocate(id);
        return grounds().isolation().networks().isPresent() ? networkAddresses.outside(address) : address;
    }

    @Override
    public void start(Launch launch) {
        prepare(launch);
        grounds().guests().admit(launch.id());
    }

    @Override
    public void prepare(Launch launch) {
        SandboxFolder folder = folders.of(launch.id());
        requireFree(launch);
        folder.create(launch.template().hasCommand(), grounds().isolation().kind());
        try {
            if (launch.snapshot().isPresent()) {
                grounds().copies().give(launch.snapshot().get(), folder);
            } else {
                grounds().isolation().disks().create(folder.path(), launch.template().diskSizeMb());
            }
        } catch (IOException e) {
            throw new DriverException(Room.reason(e, folders.path(), Reason.START_FAILED),
                    "its disk could not be made: " + e.getMessage(), e);
        }
        begin(launch, folder, true);
    }

    @Override
    public void claim(Launch launch) {
        SandboxFolder folder = folders.of(launch.id());
        FirstProcess began = folder.began(proc)
                .filter(found -> found.first().alive() && !keeper.hasEnded(launch.id()))
                .orElseThrow(() -> new DriverException(Reason.START_FAILED,
                        "sandbox " + launch.id() + " ended before it was asked for"));
        try {
            grounds().guests().claim(launch, began, folder);
        } catch (GuestException e) {
            throw new DriverException(Reason.START_FAILED,
                    "sandbox " + launch.id() + " could not be opened: " + e.getMessage(), e);
        }
    }

    @Override
    public void restart(Launch launch) {
        stop(launch.id());
        requireFree(launch);
        SandboxFolder folder = folders.of(launch.id());
        folder.requireOf(grounds().isolation().kind());
        folder.clear();
        begin(launch, folder, false);
        grounds().guests().admit(launch.id());
    }

    private void requireFree(Launch launch) {
        if (grounds().isolation().networks().isEmpty()) {
            readiness.requireFree(launch);
        }
    }

    /// Starts the processes of a sandbox that has its disk.
    ///
    /// @param files whether those of its template are still to be written
    private void begin(Launch launch, SandboxFolder folder, boolean files) {
        String id = launch.id();
        Template template = launch.template();
        ProcessGuests guests = grounds().guests();
        Command command = new Command(launch, grounds().isolation().homeWithin(folder.home()), host);
        int pid = guests.begin(launch, folder);
        FirstProcess began = FirstProcess
                .find(proc, pid, grounds().isolation().isolates(),
                        process -> mark.apply(process).equals(Optional.of(id)))
                .orElseThrow(() -> new DriverException(Reason.START_FAILED, "its first process ended at once"));
        table.adopt(id, began.first());
        folder.remember(began, proc.bootId());
        guests.open(launch, began, folder, files ? command.files() : Map.of());
        keeper.watch(id, launch.uid(), folder.log());
        if (template.hasCommand()) {
            CompletableFuture<Integer> exit = guests.run(launch, folder, command.words(),
                    command.environment(mark.value(id)));
            readiness.await(launch, exit, () -> lives(id, began), () -> lastLines(id));
            keeper.started(id, began.all());
            var _ = exit.thenAccept(code -> keeper.commandEnded(id, code));
        } else {
            keeper.started(id, Set.of());
        }
    }

    @Override
    public long copy(String id, String snapshot) {
        // the kernel may write for long before a disk stands still, and the carrier of a virtual thread would wait for it
        try (ExecutorService own = Executors
                .newSingleThreadExecutor(Thread.ofPlatform().daemon().name("sandbox-copy").factory())) {
            return own.submit(() -> grounds().guests().whileStill(id,
                    () -> grounds().copies().take(snapshot, folders.of(id)))).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DriverException(Reason.FAILED, "interrupted while its disk was copied", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DriverException failure) {
                throw new DriverException(failure.reason(), String.valueOf(failure.getMessage()), failure);
            }
            throw new DriverException(Reason.FAILED, "its disk could not be kept still: " + e.getCause(), e);
        }
    }

    @Override
    public void deleteCopy(String snapshot) {
        grounds().copies().delete(snapshot);
    }

    @Override
    public void pause(String id) {
        tree.stop(id);
    }

    @Override
    public void resume(String id) {
        tree.go(id);
        grounds().guests().find(id).ifPresent(ProcessGuest::resumed);
    }

    @Override
    public void setEgress(String id, Egress egress) {
        String address = grounds().pool().addressOf(id)
                .orElseThrow(() -> new DriverException(Reason.FAILED, "sandbox " + id + " is not there"));
        grounds().guests().setEgress(address, egress);
    }

    @Override
    public void stop(String id) {
        // first, or its end would be told as one that it came to by itself
        keeper.forget(id);
        grounds().guests().close(id);
        tree.kill(id);
        table.forget(id);
        grounds().guests().clear(id, grounds().pool().addressOf(id));
    }

    @Override
    public void kill(String id) {
        stop(id);
        folders.of(id).delete();
        grounds().pool().release(id);
    }

    @Override
    public List<LogEntry> logs(String id) {
        return keeper.read(id, false);
    }

    @Override
    public Optional<SandboxRuntime> runtime(String id) {
        return grounds().guests().find(id).map(SandboxRuntime.class::cast);
    }

    @Override
    public Optional<Usage> usage(String id) {
        return grounds().guests().find(id).map(ProcessGuest::measured);
    }

    @Override
    public List<String> shortfalls() {
        return grounds().isolation().shortfalls();
    }

    @Override
    public boolean closesNetworks() {
        return grounds().isolation().networks().isPresent();
    }

    @Override
    public void onExit(ExitListener listener) {
        keeper.onExit(listener);
    }

    @Override
    public void close() {
        keeper.close();
        Grounds held = grounds;
        if (held != null) {
            held.guests().close();
            held.claim().close();
        }
        relay.close();
    }

    private Grounds grounds() {
        Grounds held = grounds;
        if (held == null) {
            throw new IllegalStateException("recover() must come first");
        }
        return held;
    }

    private boolean lives(String id, FirstProcess began) {
        return table.look().living(id).stream().anyMatch(process -> !began.all().contains(process.key()));
    }

    private String lastLines(String id) {
        List<LogEntry> lines = keeper.read(id, true);
        StringBuilder text = new StringBuilder(lines.isEmpty() ? "; it wrote nothing" : "; its last lines:");
        lines.stream().skip(Math.max(0, lines.size() - LAST_LINES))
                .forEach(line -> text.append('\n').append(line.text()));
        return text.toString();
    }
}
