package io.sandgate.sandbox.driver.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The processes that a sandbox is made of before anything runs in it: the first one, whose end is that of all, its
/// agent, and bubblewrap's own outside.
///
/// @param first the process that everything of the sandbox descends from
/// @param all it and the others
record FirstProcess(ProcessInfo first, Set<ProcessInfo.Key> all) {

    /// Finds them, right after the start, when nobody else is there.
    ///
    /// @param pid the number of the first process
    /// @param isolated whether bubblewrap has started it
    static Optional<FirstProcess> find(ProcFs proc, int pid, boolean isolated) {
        return proc.process(pid).map(first -> {
            List<ProcessInfo> all = new ArrayList<>(List.of(first));
            if (isolated) {
                proc.process(first.parent()).ifPresent(all::add);
                proc.children(pid).forEach(child -> proc.process(child).ifPresent(all::add));
            }
            return new FirstProcess(first, all.stream().map(ProcessInfo::key).collect(Collectors.toSet()));
        });
    }
}
