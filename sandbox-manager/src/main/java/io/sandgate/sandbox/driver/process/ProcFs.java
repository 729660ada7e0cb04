package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.DriverException.Reason;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What Linux tells of its processes under `/proc`.
final class ProcFs {

    private static final Path ROOT = Path.of("/proc");
    private static final int ATTEMPTS = 3;
    private static final int STAT_BYTES = 1024;
    private static final int ENVIRONMENT_BYTES = 1 << 20;

    /// Whether this machine has it.
    static boolean available() {
        return Files.isReadable(ROOT.resolve("self/stat"));
    }

    /// All processes that run now, apart from the kernel's own and this one.
    ///
    /// @throws DriverException when they cannot be read, as when this process may open no more files: nobody is to take that
    ///         for their end
    List<ProcessInfo> processes() {
        String[] names = ROOT.toFile().list();
        if (names == null) {
            throw new DriverException(Reason.FAILED, "the processes of this machine cannot be listed");
        }
        List<ProcessInfo> all = new ArrayList<>();
        long self = ProcessHandle.current().pid();
        byte[] buffer = new byte[STAT_BYTES];
        for (String name : names) {
            if (isNumber(name)) {
                read(name, buffer).filter(p -> p.pid() != self && p.pid() > 1 && !p.kernelThread())
                        .ifPresent(all::add);
            }
        }
        return all;
    }

    /// One process, if it is there.
    ///
    /// @throws DriverException when that cannot be told
    Optional<ProcessInfo> process(int pid) {
        return read(Integer.toString(pid), new byte[STAT_BYTES]);
    }

    /// The children of a process' first thread.
    List<Integer> children(int pid) {
        try {
            String text = Files.readString(ROOT.resolve(pid + "/task/" + pid + "/children")).strip();
            return text.isEmpty() ? List.of() : Arrays.stream(text.split(" ", -1)).map(Integer::valueOf).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /// The environment that a process was given, as the kernel keeps it: `NAME=value`, each closed by a zero. Empty for a
    /// process that is being replaced, is gone, or may not be looked into.
    byte[] environment(int pid) {
        try (FileInputStream in = new FileInputStream(file(Integer.toString(pid), "environ"))) {
            return in.readNBytes(ENVIRONMENT_BYTES);
        } catch (IOException e) {
            return new byte[0];
        }
    }

    /// Where an open file descriptor of a process leads.
    Optional<Path> descriptor(int pid, int number) {
        try {
            return Optional.of(Files.readSymbolicLink(ROOT.resolve(pid + "/fd/" + number)));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    /// One life of the machine.
    String bootId() {
        try {
            return Files.readString(ROOT.resolve("sys/kernel/random/boot_id")).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static Optional<ProcessInfo> read(String pid, byte[] buffer) {
        for (int attempt = 1;; attempt++) {
            try (FileInputStream in = new FileInputStream(file(pid, "stat"))) {
                int length = in.readNBytes(buffer, 0, buffer.length);
                return ProcessInfo.parse(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
                if (!file(pid, "stat").exists()) {
                    return Optional.empty();
                }
                // one that is just ending may be there and not to be read, for a moment
                if (attempt == ATTEMPTS) {
                    throw new DriverException(Reason.FAILED, "process " + pid + " cannot be read: " + e, e);
                }
            }
        }
    }

    private static File file(String pid, String name) {
        return new File("/proc/" + pid + "/" + name);
    }

    private static boolean isNumber(String name) {
        return !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
