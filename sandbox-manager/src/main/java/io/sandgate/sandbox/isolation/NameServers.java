package io.sandgate.sandbox.isolation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whom this machine asks for names, as a sandbox with a network of its own may ask them.
final class NameServers {

    private static final Logger log = LoggerFactory.getLogger(NameServers.class);

    /// systemd-resolved keeps the real ones here, and only itself, on loopback, in `/etc/resolv.conf`.
    private static final List<Path> FILES = List.of(Path.of("/run/systemd/resolve/resolv.conf"),
            Path.of("/etc/resolv.conf"));
    private static final int MOST = 3;

    private NameServers() {}

    /// IPv4 addresses outside loopback, at most three.
    static List<String> ofMachine() {
        for (Path file : FILES) {
            try {
                List<String> servers = Files.readAllLines(file).stream().map(String::strip)
                        .filter(line -> line.startsWith("nameserver "))
                        .map(line -> line.substring("nameserver ".length()).strip())
                        .filter(server -> server.matches("\\d+(\\.\\d+){3}") && !server.startsWith("127.")).limit(MOST)
                        .toList();
                if (!servers.isEmpty()) {
                    return servers;
                }
            } catch (IOException e) {
                log.debug("nameservers.unreadable file={} reason={}", file, e.toString());
            }
        }
        return List.of();
    }
}
