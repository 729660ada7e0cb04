package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.DriverException.Reason;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The directory of one sandbox: its working directory `home`, its `log`, and `process`, which names the process that
/// was started for it.
///
/// @param path the directory
record SandboxFolder(Path path) {

    Path home() {
        return path.resolve("home");
    }

    Path log() {
        return path.resolve("log");
    }

    boolean exists() {
        return Files.isDirectory(home());
    }

    /// Makes the directory, with a log only for a sandbox that has processes.
    void create(boolean withLog, Map<String, String> files) {
        try {
            Files.createDirectory(path,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.createDirectory(home());
            if (withLog) {
                Files.createDirectory(log());
            }
            for (Map.Entry<String, String> file : files.entrySet()) {
                Path target = home().resolve(file.getKey());
                Path parent = target.getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                Files.writeString(target, file.getValue());
            }
        } catch (IOException e) {
            throw new DriverException(Reason.FAILED, "the directory " + path + " could not be made: " + e
                    + ": check the space and the rights there (sandgate.data.dir)", e);
        }
    }

    /// Whether the sandbox was given processes, so that it lives only while they do.
    boolean expectsProcesses() {
        return Files.exists(log());
    }

    /// Records the process that was started.
    void remember(ProcessInfo root, String bootId) {
        try {
            Files.writeString(rootFile(), root.pid() + " " + root.start() + " " + bootId + "\n");
        } catch (IOException e) {
            throw new DriverException(Reason.FAILED, "the file " + rootFile() + " could not be written: " + e, e);
        }
    }

    /// The process that was recorded, if it still runs.
    Optional<ProcessInfo> root(ProcFs proc) {
        try {
            String[] words = Files.readString(rootFile()).strip().split(" ", -1);
            if (words.length != 3 || !words[2].equals(proc.bootId())) {
                return Optional.empty();
            }
            long start = Long.parseLong(words[1]);
            return proc.process(Integer.parseInt(words[0])).filter(now -> now.start() == start);
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// Removes the directory with all that is in it, without following links.
    void delete() {
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                        throws IOException {
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw new DriverException(Reason.FAILED, "the directory " + path + " could not be removed: " + e, e);
        }
    }

    private Path rootFile() {
        return path.resolve("process");
    }
}
