package io.sandgate.sandbox;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file system in memory with a size of its own, at a folder of this machine. Needs root.
public final class SmallFileSystem implements AutoCloseable {

    private final Path path;

    /// @param path where; is made
    public SmallFileSystem(Path path, int sizeMb) throws IOException {
        Needed.that((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "root");
        this.path = Files.createDirectory(path);
        run("mount", "-t", "tmpfs", "-o", "size=" + sizeMb + "m", "tmpfs", path.toString());
    }

    /// Fills it with a file.
    ///
    /// @param left how many bytes may still be written
    public Path fill(long left) throws IOException {
        Path filler = path.resolve("filler");
        try (OutputStream out = Files.newOutputStream(filler)) {
            for (long room = path.toFile().getUsableSpace(); room > left; room -= 4096) {
                out.write(new byte[4096]);
            }
        }
        return filler;
    }

    private static void run(String... words) throws IOException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException(String.join(" ", words) + ": " + said);
        }
    }

    @Override
    public void close() throws IOException {
        run("umount", path.toString());
    }
}
