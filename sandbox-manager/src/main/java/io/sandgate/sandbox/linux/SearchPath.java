package io.sandgate.sandbox.linux;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// Where programs of this machine are looked for.
///
/// @param text the folders, with colons between them
public record SearchPath(String text) {

    private static final String STANDARD = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// That of this process.
    public static SearchPath current() {
        String path = System.getenv("PATH");
        return new SearchPath(path == null ? STANDARD : path);
    }

    /// Whether a program is found there. What is no folder's name is passed over.
    public boolean has(String program) {
        for (String folder : text.split(":", -1)) {
            try {
                if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
                    return true;
                }
            } catch (InvalidPathException _) {
                // what cannot be a folder holds no program
            }
        }
        return false;
    }
}
