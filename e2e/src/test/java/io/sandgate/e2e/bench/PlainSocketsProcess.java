package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.FreePorts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// [PlainSockets] in a JVM of its own, with the same options as a replica's.
///
/// @param process the JVM
/// @param port where it listens
record PlainSocketsProcess(Process process, int port) implements AutoCloseable {

    /// Starts it, and returns when it listens.
    ///
    /// @param bytes of each message
    static PlainSocketsProcess start(int perSecond, int bytes) throws IOException {
        int port = FreePorts.take();
        Process process = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                PlainSockets.class.getName(), Integer.toString(port), Integer.toString(perSecond),
                Integer.toString(bytes))).redirectError(Redirect.INHERIT).start();
        BufferedReader out = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        if (!"listening".equals(line)) {
            process.destroyForcibly();
            throw new IOException("the plain sockets said " + line + " (expected: listening)");
        }
        return new PlainSocketsProcess(process, port);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
