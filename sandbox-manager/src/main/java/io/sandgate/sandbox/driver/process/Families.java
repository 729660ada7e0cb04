package io.sandgate.sandbox.driver.process;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Which process belongs to which sandbox, carried on from one look at the machine to the next.
///
/// Implementation note. A process belongs to a sandbox when one of these holds, in this order:
/// 1. it was found to belong before (same pid, same start);
/// 2. it is the root that was started for the sandbox;
/// 3. its parent belongs, or the leader of its session belongs or did when it was last seen;
/// 4. it bears the sandbox's mark.
/// Since 1 to 3 need nothing but the stat line, the costly mark is read once per process, and only for those without
/// family. A session counts only when its leader was itself a member: between fork and setsid a root is still in the
/// replica's own session, which must never count. A dead leader's number cannot come again while its session has
/// members, so a remembered session is dropped when it is empty or its number belongs to somebody else.
final class Families {

    private record Seen(long start, Optional<String> owner) {}

    private Map<Integer, Seen> seen = new HashMap<>();
    private Map<Integer, String> sessions = new HashMap<>();

    /// Sorts the processes of one look by owner.
    ///
    /// @param roots the processes that were started for an owner: pid to start and owner
    /// @param mark finds the owner that a process bears the mark of; nothing when it could not be told, so that it is
    ///            asked again, and an empty text when there is none
    Map<String, List<ProcessInfo>> sort(List<ProcessInfo> processes, Map<Integer, Root> roots,
            Function<ProcessInfo, Optional<String>> mark) {
        Map<Integer, ProcessInfo> byPid = HashMap.newHashMap(processes.size());
        processes.forEach(process -> byPid.put(process.pid(), process));
        Map<Integer, String> owners = new HashMap<>();
        List<ProcessInfo> strangers = new ArrayList<>();
        for (ProcessInfo process : processes) {
            Seen before = seen.get(process.pid());
            Root root = roots.get(process.pid());
            if (root != null && root.start() == process.start()) {
                owners.put(process.pid(), root.owner());
            } else if (before != null && before.start() == process.start() && before.owner().isPresent()) {
                owners.put(process.pid(), before.owner().get());
            } else {
                strangers.add(process);
            }
        }
        sessions.keySet().removeIf(leader -> byPid.containsKey(leader) && !owners.containsKey(leader));
        strangers = inherit(strangers, owners);
        Map<Integer, Seen> next = new HashMap<>();
        boolean marked = false;
        for (ProcessInfo process : strangers) {
            Seen before = seen.get(process.pid());
            if (before != null && before.start() == process.start()) {
                next.put(process.pid(), before);
                continue;
            }
            Optional<String> owner = mark.apply(process);
            if (owner.isPresent() && owner.get().isEmpty()) {
                next.put(process.pid(), new Seen(process.start(), Optional.empty()));
            } else if (owner.isPresent()) {
                owners.put(process.pid(), owner.get());
                marked = true;
            }
        }
        if (marked) {
            inherit(strangers, owners);
        }
        return remember(processes, owners, next);
    }

    /// Gives family to those whose parent or session has one, until nothing changes.
    private List<ProcessInfo> inherit(List<ProcessInfo> strangers, Map<Integer, String> owners) {
        List<ProcessInfo> left = strangers;
        while (true) {
            List<ProcessInfo> next = new ArrayList<>();
            for (ProcessInfo process : left) {
                if (owners.containsKey(process.pid())) {
                    continue;
                }
                String owner = owners.get(process.parent());
                if (owner == null) {
                    owner = owners.get(process.session());
                }
                if (owner == null) {
                    owner = sessions.get(process.session());
                }
                if (owner == null) {
                    next.add(process);
                } else {
                    owners.put(process.pid(), owner);
                }
            }
            if (next.size() == left.size()) {
                return next;
            }
            left = next;
        }
    }

    private Map<String, List<ProcessInfo>> remember(List<ProcessInfo> processes, Map<Integer, String> owners,
            Map<Integer, Seen> strangers) {
        Map<String, List<ProcessInfo>> families = new HashMap<>();
        Map<Integer, String> inUse = new HashMap<>();
        for (ProcessInfo process : processes) {
            String owner = owners.get(process.pid());
            if (owner != null) {
                strangers.put(process.pid(), new Seen(process.start(), Optional.of(owner)));
                families.computeIfAbsent(owner, o -> new ArrayList<>()).add(process);
                boolean ledByMember = owners.containsKey(process.session()) || sessions.containsKey(process.session());
                if (ledByMember) {
                    inUse.put(process.session(), owner);
                }
            }
        }
        seen = strangers;
        sessions = inUse;
        return families;
    }

    /// A process that was started for an owner.
    record Root(long start, String owner) {}
}
