package io.sandgate.sandbox.isolation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// The files in a sandbox' `/etc` that are its own: its users, and the names of machines.
final class SystemFiles {

    private static final Map<String, String> FILES = Map.of(
            "passwd", """
                    root:x:0:0:root:/root:/bin/bash
                    user:x:1000:1000:user:/home/user:/bin/bash
                    nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
                    """,
            "group", """
                    root:x:0:
                    tty:x:5:
                    user:x:1000:
                    nogroup:x:65534:
                    """);

    private SystemFiles() {}

    /// Writes them.
    ///
    /// @param folder which is made for them
    static void write(Path folder, String id, Iterable<String> nameServers) throws IOException {
        Files.createDirectories(folder);
        Map<String, String> files = new LinkedHashMap<>(FILES);
        files.put("hostname", id + "\n");
        files.put("hosts", "127.0.0.1\tlocalhost " + id + "\n::1\tlocalhost\n");
        StringBuilder resolver = new StringBuilder();
        nameServers.forEach(server -> resolver.append("nameserver ").append(server).append('\n'));
        files.put("resolv.conf", resolver.toString());
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue().getBytes(StandardCharsets.UTF_8));
        }
    }

    /// Those of a folder, by the names that a sandbox finds them by.
    static Map<String, Path> of(Path folder) {
        Map<String, Path> files = new LinkedHashMap<>();
        for (String name : new String[]{"passwd", "group", "hostname", "hosts", "resolv.conf"}) {
            files.put(name, folder.resolve(name));
        }
        return files;
    }
}
