package io.sandgate.sandbox.driver.process;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.sandbox.SandboxSettings;
import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.DriverException.Reason;
import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.driver.Launch;
import io.sandgate.sandbox.driver.Resident;
import io.sandgate.sandbox.driver.Template;
import io.sandgate.sandbox.isolation.ControlGroups;
import io.sandgate.sandbox.isolation.FrozenDisk;
import io.sandgate.sandbox.isolation.Isolation;
import io.sandgate.sandbox.isolation.SandboxNetworks;
import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.linux.Poller;
import io.sandgate.sandbox.runtime.Accounts;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.RuntimeFace;
import io.sandgate.sandbox.runtime.program.ControlFolder;
import io.sandgate.sandbox.runtime.program.GuestPrograms;
import io.sandgate.sandbox.runtime.program.MainProgram;
import io.sandgate.sandbox.runtime.watch.Watchers;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sandboxes of a replica as [Isolation] makes them, and the ways into those that run.
final class ProcessGuests implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ProcessGuests.class);

    private static final int MOST_WATCHED = 65_536;
    private static final Duration LEAVING = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(10);
    private static final long MIB = 1 << 20;

    private final SandboxSettings settings;
    private final Isolation isolation;
    private final NetworkAddresses addresses;
    private final RuntimeFace face;
    private final InstantSource clock;
    private final Mark mark;
    private final ProcFs proc = new ProcFs();
    private final Poller poller = new Poller("sandbox-output");
    private final Watchers watchers = new Watchers(MOST_WATCHED);
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1,
            Thread.ofPlatform().daemon().name("sandbox-programs").factory());
    private final GuestPrograms.Host host;
    private final ConcurrentMap<String, ProcessGuest> guests = new ConcurrentHashMap<>();

    ProcessGuests(SandboxSettings settings, Isolation isolation, NetworkAddresses addresses, RuntimeFace face,
            InstantSource clock, Mark mark) {
        this.settings = settings;
        this.isolation = isolation;
        this.addresses = addresses;
        this.face = face;
        this.clock = clock;
        this.mark = mark;
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.host = new GuestPrograms.Host(poller, this::later, clock, settings.confinement().maxPrograms());
    }

    /// Sets up the networks and removes what belongs to nobody any more.
    ///
    /// @param first the first address of the replica's block
    /// @param size how many addresses it has
    /// @throws DriverException when the firewall cannot be set up, without which no sandbox is to run
    void recoverGrounds(Collection<Resident> living, int first, int size) {
        isolation.networks().ifPresent(networks -> recover(networks, living, first, size));
        isolation.groups().ifPresent(groups -> clear(groups,
                living.stream().map(Resident::id).collect(Collectors.toUnmodifiableSet())));
    }

    private void recover(SandboxNetworks networks, Collection<Resident> living, int first, int size) {
        List<SandboxNetworks.Living> kept = living.stream()
                .filter(resident -> addresses.isOutside(resident.address()))
                .map(resident -> new SandboxNetworks.Living(resident.address(), addresses.inside(resident.address()),
                        resident.egress()))
                .toList();
        try {
            networks.recover(kept);
        } catch (IOException e) {
            throw new DriverException(Reason.FAILED,
                    "the firewall of the sandboxes could not be set up: " + e.getMessage(), e);
        }
        try {
            networks.clear(kept, address -> addresses.isOutside(address)
                    && isWithin(Addresses.parse(addresses.inside(address)), first, size));
        } catch (IOException e) {
            log.warn("sandbox.networks-not-cleared reason={}", e.toString());
        }
    }

    private static void clear(ControlGroups groups, Set<String> living) {
        try {
            for (String id : groups.ids()) {
                if (!living.contains(id)) {
                    remove(groups, id);
                }
            }
        } catch (IOException e) {
            log.warn("sandbox.groups-not-cleared reason={}", e.toString());
        }
    }

    private static boolean isWithin(int address, int first, int size) {
        return address >= first && address < first + size;
    }

    /// Sets anew what a sandbox reaches.
    ///
    /// @param address what it was given
    void setEgress(String address, Egress egress) {
        try {
            isolation.networks().orElseThrow(() -> new IllegalStateException("no networks")).update(
                    addresses.outside(address), egress);
        } catch (IOException e) {
            throw new DriverException(Reason.FAILED, "the network of the sandbox at " + address
                    + " could not be changed: " + e.getMessage(), e);
        }
    }

    /// Starts the first process of a sandbox that has its disk.
    ///
    /// @return its number
    int begin(Launch launch, SandboxFolder folder) {
        Template template = launch.template();
        Isolation.Cell cell = cell(launch, folder);
        try {
            if (isolation.groups().isPresent()) {
                isolation.groups().get().create(launch.id(), new ControlGroups.Limit(template.memoryMb() * MIB,
                        template.cpuCount(), settings.confinement().maxProcesses()));
            }
            isolation.furnish(cell);
            control(launch.address(), folder).create();
            return isolation.start(cell, poller);
        } catch (IOException e) {
            throw new DriverException(Reason.START_FAILED, "sandbox " + launch.id() + " could not be set up: "
                    + e.getMessage(), e);
        }
    }

    /// Finds the way into a sandbox that was just started, and writes the files of its template.
    void open(Launch launch, FirstProcess began, SandboxFolder folder, Map<String, String> files) {
        ProcessGuest guest = guest(launch, began, folder);
        guests.put(guest.id(), guest);
        try {
            guest.furnish(files);
        } catch (GuestException | IOException e) {
            throw new DriverException(Reason.START_FAILED, "template " + launch.template().name()
                    + ": its files could not be written: " + e.getMessage(), e);
        }
    }

    /// Lets a sandbox answer.
    void admit(String id) {
        ProcessGuest guest = guests.get(id);
        if (guest != null) {
            face.open(guest);
        }
    }

    /// Lets a sandbox that was opened for nobody answer as its maker wants it.
    void claim(Launch launch, FirstProcess began, SandboxFolder folder) {
        ProcessGuest before = guests.put(launch.id(), guest(launch, began, folder));
        if (before != null) {
            before.close();
        }
        admit(launch.id());
    }

    private ProcessGuest guest(Launch launch, FirstProcess began, SandboxFolder folder) {
        return guest(new ProcessGuest.Identity(launch.id(), addresses.inside(launch.address()), launch.environment(),
                launch.accessToken()), launch.address(), launch.template(), began, folder);
    }

    /// Opens the way into a sandbox that an earlier life of the replica started.
    void recover(Resident resident, FirstProcess began, SandboxFolder folder) {
        Template template = Optional.ofNullable(settings.templates().get(resident.template()))
                .orElseGet(() -> Template.of("gone", List.of(), 0));
        try {
            ProcessGuest guest = guest(new ProcessGuest.Identity(resident.id(), addresses.inside(resident.address()),
                    resident.environment(), resident.accessToken()), resident.address(), template, began, folder);
            thaw(guest);
            guest.recover();
            guests.put(guest.id(), guest);
            admit(guest.id());
        } catch (GuestException e) {
            log.warn("sandbox.runtime-not-opened id={} reason={}", resident.id(), e.getMessage());
        }
    }

    /// A copy of its disk may have been under way.
    private void thaw(ProcessGuest guest) {
        if (isolation.disks().bounded()) {
            try {
                FrozenDisk.thaw(guest.home());
            } catch (IOException e) {
                log.trace("sandbox.disk-not-thawed id={} reason={}", guest.id(), e.toString());
            }
        }
    }

    private ProcessGuest guest(ProcessGuest.Identity identity, String address, Template template,
            FirstProcess began, SandboxFolder folder) {
        Descriptor root = root(identity.id(), began);
        Accounts accounts = isolation.accounts(place(address), folder.home());
        UsageMeter.Disk disk = isolation.disks().bounded()
                ? UsageMeter.Disk.mounted(() -> root.openInRoot(accounts.find("").home(), 0, OpenFlag.RDONLY,
                        OpenFlag.DIRECTORY))
                : UsageMeter.Disk.counted(folder.home());
        try {
            return new ProcessGuest(identity,
                    new ProcessGuest.Place(root, control(address, folder), folder.programs(), accounts,
                            isolation.ownUsers()),
                    host, watchers, new ProcessGuest.Meters(meter(identity.id(), template, disk),
                            meter(identity.id(), template, disk)));
        } catch (RuntimeException e) {
            root.close();
            throw e;
        }
    }

    /// Does something while nobody writes to a sandbox' disk, the replica itself included. Its processes stand still already.
    ///
    /// @throws IOException when it could not be kept still
    long whileStill(String id, LongSupplier work) throws IOException {
        ProcessGuest guest = guests.get(id);
        if (guest == null) {
            return work.getAsLong();
        }
        return guest.whileStill(() -> {
            if (!isolation.disks().bounded()) {
                return work.getAsLong();
            }
            try (var _ = FrozenDisk.of(guest.home())) {
                return work.getAsLong();
            }
        });
    }

    private Descriptor root(String id, FirstProcess began) {
        try {
            return isolation.isolates()
                    ? began.openRoot(proc)
                    : Descriptor.open("/", 0, OpenFlag.PATH, OpenFlag.DIRECTORY);
        } catch (IOException e) {
            throw new GuestException(GuestException.Code.UNAVAILABLE,
                    "the root of sandbox " + id + " cannot be opened: " + e.getMessage(), e);
        }
    }

    private UsageMeter meter(String id, Template template, UsageMeter.Disk disk) {
        return new UsageMeter(isolation.groups(), id, template, disk, clock);
    }

    /// Runs the command of a sandbox' template.
    CompletableFuture<Integer> run(Launch launch, SandboxFolder folder, List<String> words,
            Map<String, String> environment) {
        try {
            return MainProgram.start(poller, control(launch.address(), folder),
                    isolation.accounts(place(launch.address()), folder.home()).find(""),
                    isolation.homeWithin(folder.home()), isolation.ownUsers(), environment, words);
        } catch (GuestException e) {
            throw new DriverException(Reason.START_FAILED,
                    "template " + launch.template().name() + ": the command could not be run: " + e.getMessage(), e);
        }
    }

    /// What a user watches about the insides of sandboxes.
    void measure(MeterRegistry meters) {
        Gauge.builder("sandgate.sandbox.programs", guests.values(),
                all -> all.stream().mapToInt(ProcessGuest::running).sum())
                .description("Programs that callers have started in sandboxes and that run").register(meters);
        Gauge.builder("sandgate.sandbox.watched.directories", watchers, Watchers::directories)
                .description("Directories that are watched in sandboxes").register(meters);
        FunctionCounter.builder("sandgate.sandbox.watch.overflows", watchers, Watchers::overflows)
                .description("Times that more happened in watched directories than the kernel keeps").register(meters);
    }

    /// The way into a sandbox.
    Optional<ProcessGuest> find(String id) {
        return Optional.ofNullable(guests.get(id));
    }

    /// Closes the way into a sandbox.
    void close(String id) {
        face.close(id);
        ProcessGuest guest = guests.remove(id);
        if (guest != null) {
            guest.close();
        }
    }

    /// Removes what a sandbox without processes had of the machine.
    ///
    /// @param address what it was given, if it was
    void clear(String id, Optional<String> address) {
        try {
            if (isolation.networks().isPresent() && address.isPresent()) {
                isolation.networks().get().remove(addresses.outside(address.get()), address.get());
            }
            if (isolation.groups().isPresent()) {
                remove(isolation.groups().get(), id);
            }
        } catch (IOException e) {
            throw new DriverException(Reason.FAILED, "the network or the control groups of sandbox " + id
                    + " could not be removed: " + e.getMessage(), e);
        }
    }

    /// The last process has died, but may not have left its group.
    private static void remove(ControlGroups groups, String id) throws IOException {
        Rounds rounds = new Rounds(LEAVING, LONGEST_PAUSE);
        while (true) {
            try {
                groups.remove(id);
                return;
            } catch (IOException e) {
                if (!rounds.next()) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() {
        boolean none = guests.isEmpty();
        guests.keySet().forEach(this::close);
        timer.shutdownNow();
        poller.close();
        try {
            if (none) {
                isolation.close();
            } else {
                isolation.letGo();
            }
        } catch (IOException e) {
            log.warn("sandbox.grounds-not-cleared reason={}", e.toString());
        }
    }

    private Isolation.Cell cell(Launch launch, SandboxFolder folder) {
        SandboxNetworks.Living network = new SandboxNetworks.Living(launch.address(),
                addresses.inside(launch.address()), launch.egress());
        return new Isolation.Cell(launch.id(), place(launch.address()), network, folder.path(),
                Map.of(Mark.VARIABLE, mark.value(launch.id())));
    }

    private ControlFolder control(String address, SandboxFolder folder) {
        return new ControlFolder(folder.control(), isolation.hostUid(place(address)));
    }

    private int place(String address) {
        return Addresses.parse(addresses.inside(address)) & 0xffff;
    }

    private Runnable later(Duration delay, Runnable task) {
        if (timer.isShutdown()) {
            return () -> {};
        }
        ScheduledFuture<?> scheduled = timer.schedule(task, Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }
}
