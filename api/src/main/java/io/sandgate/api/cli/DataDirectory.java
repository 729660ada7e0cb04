package io.sandgate.api.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The directory of a replica, checked before anything is written into it.
final class DataDirectory {

    private DataDirectory() {}

    /// Makes the directory when it is not there.
    ///
    /// @throws CliException when it cannot be used
    static void prepare(Path directory, String setting) {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory);
            }
        } catch (IOException e) {
            throw unusable(directory, "cannot be made a directory", setting);
        }
        if (!Files.isReadable(directory) || !Files.isWritable(directory) || !Files.isExecutable(directory)) {
            throw unusable(directory, "cannot be read and written by this user", setting);
        }
    }

    private static CliException unusable(Path directory, String problem, String setting) {
        return new CliException(ExitCode.FAILED, "data directory " + directory + " " + problem
                + " (give this user the right to, or choose another with " + setting + ")");
    }
}
