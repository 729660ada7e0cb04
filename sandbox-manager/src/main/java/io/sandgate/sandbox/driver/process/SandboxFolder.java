package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.DriverException.Reason;
import io.sandgate.sandbox.isolation.Disks;
import io.sandgate.sandbox.linux.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The directory of one sandbox: its disk, its `log`, and `process`, which names the process that was started for it.
///
/// @param path the directory
record SandboxFolder(Path path) {

    Path home() {
        return path.resolve(Disks.NAME).resolve("home");
    }

    Path log() {
        return path.resolve("log");
    }

    Path control() {
        return path.resolve("control");
    }

    Path programs() {
        return path.resolve("programs");
    }

    /// Makes the directory.
    ///
    /// @param withCommand whether the sandbox is to end with its command
    /// @param isolation how it will be kept apart
    void create(boolean withCommand, String isolation) {
        try {
            Files.createDirectory(path,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.createDirectory(log());
            Files.createDirectory(programs());
            Files.writeString(isolationFile(), isolation);
            if (withCommand) {
                Files.createFile(commandFile());
            }
        } catch (IOException e) {
            throw new DriverException(Room.reason(e, path.resolveSibling(""), Reason.FAILED),
                    "the directory " + path + " could not be made: " + e
                            + ": check the space and the rights there (sandgate.data.dir)",
                    e);
        }
    }

    /// Whether the sandbox was given a command, so that it lives only while that, or what it left, does.
    boolean hasCommand() {
        return Files.exists(commandFile());
    }

    /// Whether it is there.
    boolean exists() {
        return Files.isDirectory(path);
    }

    /// Whether it was made to be kept apart so.
    boolean isOf(String isolation) {
        try {
            return isolation().equals(isolation);
        } catch (IOException e) {
            return false;
        }
    }

    /// Refuses to start what was made to be kept apart otherwise.
    ///
    /// @param isolation how sandboxes are kept apart now
    void requireOf(String isolation) {
        try {
            String made = isolation();
            if (!made.equals(isolation)) {
                throw new DriverException(Reason.START_FAILED, "it was made where sandboxes were isolated otherwise: "
                        + made + " (here: " + isolation + "; see the log of the replica's start, and "
                        + "sandgate.sandbox.isolation)");
            }
        } catch (IOException e) {
            throw new DriverException(Reason.START_FAILED, "the file " + isolationFile() + " could not be read: " + e,
                    e);
        }
    }

    private String isolation() throws IOException {
        return Files.readString(isolationFile());
    }

    /// Records the processes that it began with.
    void remember(FirstProcess began, String bootId) {
        StringBuilder text = new StringBuilder(bootId).append('\n').append(line(began.first().key()));
        began.all().stream().filter(key -> !key.equals(began.first().key())).forEach(key -> text.append(line(key)));
        try {
            Files.writeString(processFile(), text);
        } catch (IOException e) {
            throw new DriverException(Reason.FAILED, "the file " + processFile() + " could not be written: " + e, e);
        }
    }

    /// The processes that were recorded, if the first of them still runs.
    Optional<FirstProcess> began(ProcFs proc) {
        try {
            List<String> lines = Files.readAllLines(processFile());
            if (lines.size() < 2 || !lines.getFirst().equals(proc.bootId())) {
                return Optional.empty();
            }
            List<ProcessInfo.Key> keys = lines.stream().skip(1).map(SandboxFolder::key).toList();
            return proc.process(keys.getFirst().pid()).filter(now -> now.key().equals(keys.getFirst()))
                    .map(first -> new FirstProcess(first, Set.copyOf(keys)));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static String line(ProcessInfo.Key key) {
        return key.pid() + " " + key.start() + "\n";
    }

    private static ProcessInfo.Key key(String line) {
        int space = line.indexOf(' ');
        if (space < 0) {
            throw new NumberFormatException(line);
        }
        return new ProcessInfo.Key(Integer.parseInt(line.substring(0, space)),
                Long.parseLong(line.substring(space + 1)));
    }

    /// Removes what was made for its processes, which are gone, so that it can be started again.
    void clear() {
        try {
            for (String name : List.of("control", "programs", "etc", "launch", "launch.log", "words", "said", "go",
                    "process")) {
                FileTree.delete(path.resolve(name));
            }
            Files.createDirectory(programs());
        } catch (IOException e) {
            throw new DriverException(Reason.FAILED, "the directory " + path + " could not be cleared: " + e, e);
        }
    }

    /// Removes the directory with all that is in it.
    void delete() {
        try {
            FileTree.delete(path);
        } catch (IOException e) {
            throw new DriverException(Reason.FAILED, "the directory " + path + " could not be removed: " + e, e);
        }
    }

    private Path processFile() {
        return path.resolve("process");
    }

    private Path isolationFile() {
        return path.resolve("isolation");
    }

    private Path commandFile() {
        return path.resolve("main");
    }
}
