package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.Resident;
import io.sandgate.sandbox.driver.Resident.State;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The takeover of what an earlier life of the replica left on this machine.
final class Recovery {

    private static final Logger log = LoggerFactory.getLogger(Recovery.class);

    private final SandboxFolders folders;
    private final ProcessTable table;
    private final ProcessTree tree;
    private final ProcFs proc;
    private final String isolation;
    private final Set<String> livingIds = new LinkedHashSet<>();
    private final List<Resident> stopped = new ArrayList<>();

    /// A resident that was found alive.
    record Living(Resident resident, FirstProcess began) {}

    /// @param isolation how sandboxes are kept apart now: those that run and were made otherwise are not found again
    Recovery(SandboxFolders folders, ProcessTable table, ProcessTree tree, ProcFs proc, String isolation) {
        this.folders = folders;
        this.table = table;
        this.tree = tree;
        this.proc = proc;
        this.isolation = isolation;
    }

    /// Finds the living residents, puts them into the state that their records name, and removes all else.
    List<Living> run(Collection<Resident> residents) {
        for (Resident resident : residents) {
            folders.of(resident.id()).began(proc).ifPresent(began -> table.adopt(resident.id(), began.first()));
        }
        ProcessTable.Look look = table.look();
        List<Living> living = new ArrayList<>();
        for (Resident resident : residents) {
            SandboxFolder folder = folders.of(resident.id());
            List<ProcessInfo> processes = look.living(resident.id());
            Optional<FirstProcess> began = folder.began(proc);
            if (resident.state() == State.STOPPED) {
                // all it has is its disk, which may be wanted again where sandboxes are kept apart as they were
                if (folder.exists()) {
                    stopped.add(resident);
                }
            } else if (folder.isOf(isolation) && began.isPresent() && isAlive(folder, began.get(), processes)) {
                living.add(new Living(resident, began.get()));
                livingIds.add(resident.id());
                settle(resident, processes);
            }
        }
        look.owners().stream().filter(id -> !livingIds.contains(id)).forEach(this::killOrphans);
        stopped.forEach(resident -> livingIds.add(resident.id()));
        folders.ids().stream().filter(id -> !livingIds.contains(id)).forEach(this::deleteOrphan);
        return living;
    }

    private static boolean isAlive(SandboxFolder folder, FirstProcess began, List<ProcessInfo> processes) {
        return processes.stream().anyMatch(process -> !folder.hasCommand() || !began.all().contains(process.key()));
    }

    /// The residents that have no processes and are not meant to.
    List<Resident> stopped() {
        return List.copyOf(stopped);
    }

    /// The residents that were found again.
    Set<String> livingIds() {
        return Set.copyOf(livingIds);
    }

    private void settle(Resident resident, List<ProcessInfo> processes) {
        try {
            boolean frozen = resident.state() == State.FROZEN;
            if (frozen && !processes.stream().allMatch(ProcessInfo::stopped)) {
                tree.stop(resident.id());
            } else if (!frozen && processes.stream().anyMatch(ProcessInfo::stopped)) {
                tree.go(resident.id());
            }
        } catch (DriverException e) {
            log.warn("sandbox.not-settled id={} state={} reason={}", resident.id(), resident.state(), e.getMessage());
        }
    }

    private void killOrphans(String id) {
        try {
            tree.kill(id);
            table.forget(id);
            log.info("sandbox.orphan-killed id={}", id);
        } catch (DriverException e) {
            log.warn("sandbox.orphan-not-killed id={} reason={}", id, e.getMessage());
        }
    }

    private void deleteOrphan(String id) {
        try {
            folders.of(id).delete();
            log.info("sandbox.orphan-removed id={}", id);
        } catch (DriverException e) {
            log.warn("sandbox.orphan-not-removed id={} reason={}", id, e.getMessage());
        }
    }
}
