package io.sandgate.e2e.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// What another Java process keeps in memory.
final class ProcessMemory {

    private ProcessMemory() {}

    /// Bytes of the objects that are reachable, after a full collection.
    static long liveHeap(long pid) throws IOException {
        Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid), "GC.class_histogram").start();
        String out = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String total = out.lines().filter(line -> line.startsWith("Total")).findFirst()
                .orElseThrow(() -> new IOException("jcmd said no total: " + out));
        return Long.parseLong(total.split("\\s+", -1)[2]);
    }

    /// Bytes that the process has in the machine's memory.
    static long resident(long pid) throws IOException {
        String line = Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(each -> each.startsWith("VmRSS:")).findFirst()
                .orElseThrow(() -> new IOException("no VmRSS of " + pid));
        return 1024 * Long.parseLong(line.split("\\s+", -1)[1]);
    }
}
