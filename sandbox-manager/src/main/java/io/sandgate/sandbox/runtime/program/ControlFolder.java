package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.linux.NamedPipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/// The folder through which a replica and the agent of one sandbox speak. The sandbox sees it, but cannot change what is in
/// it: only its first user can open the pipes.
///
/// @param path where it is on the machine
/// @param hostUid the machine's number of the sandbox' first user; negative to leave files to the replica's own user
public record ControlFolder(Path path, int hostUid) {

    /// Nobody but the owner.
    static final int PIPE_MODE = 0600;

    /// Makes it, with what an agent needs.
    public void create() throws IOException {
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Agent.prepare(path);
        own(path);
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.toList()) {
                own(file);
            }
        }
    }

    /// Makes the folder of one program.
    ///
    /// @param pipes the names of its pipes
    void createProgram(String name, List<String> pipes) throws IOException {
        Path folder = path.resolve(name);
        Files.createDirectory(folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        own(folder);
        for (String pipe : pipes) {
            Path file = folder.resolve(pipe);
            NamedPipe.create(file.toString(), PIPE_MODE);
            own(file);
        }
    }

    /// Writes the script of a program.
    void script(String name, String text) throws IOException {
        Path file = path.resolve(name).resolve("run");
        Files.writeString(file, text);
        own(file);
    }

    /// Removes the folder of a program.
    void removeProgram(String name) {
        Path folder = path.resolve(name);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void own(Path file) throws IOException {
        if (hostUid >= 0) {
            Files.setAttribute(file, "unix:uid", hostUid, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(file, "unix:gid", hostUid, LinkOption.NOFOLLOW_LINKS);
        }
    }
}
