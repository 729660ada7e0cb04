package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.linux.PidDescriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
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
    /// @param isOurs whether it is of the sandbox: it may have ended, and its number be somebody else's by now
    static Optional<FirstProcess> find(ProcFs proc, int pid, boolean isolated, Predicate<ProcessInfo> isOurs) {
        return proc.process(pid).filter(isOurs).map(first -> {
            List<ProcessInfo> all = new ArrayList<>(List.of(first));
            if (isolated) {
                proc.process(first.parent()).ifPresent(all::add);
                proc.children(pid).forEach(child -> proc.process(child).ifPresent(all::add));
            }
            return new FirstProcess(first, all.stream().map(ProcessInfo::key).collect(Collectors.toSet()));
        });
    }

    /// Opens the root directory of the first process, and of no other that has got its number meanwhile.
    ///
    /// Implementation note: a number is given anew only when its process was waited for, which is asked of the handle when
    /// the root is open.
    ///
    /// @throws IOException when the process has ended
    Descriptor openRoot(ProcFs proc) throws IOException {
        try (PidDescriptor process = PidDescriptor.open(first.pid())) {
            if (proc.process(first.pid()).filter(now -> now.key().equals(first.key())).isEmpty()) {
                throw new IOException("its first process has ended");
            }
            Descriptor root = Descriptor.open("/proc/" + first.pid() + "/root", 0, OpenFlag.PATH, OpenFlag.DIRECTORY);
            try {
                process.signal(0);
                return root;
            } catch (IOException e) {
                root.close();
                throw e;
            }
        }
    }
}
