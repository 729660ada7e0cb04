package io.sandgate.e2e.bench;

import io.sandgate.e2e.bench.Load.Kind;
import io.sandgate.e2e.harness.FreePorts;
import io.sandgate.e2e.harness.Program;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/// Other people's proxies that lead to the same sandboxes, each set up to do as little as it can.
///
/// None adds forwarding fields or writes a log, and each keeps connections to the sandboxes.
final class PeerProxies {

    private static final Duration UP_WITHIN = Duration.ofSeconds(60);
    private static final Duration DOWN_WITHIN = Duration.ofSeconds(10);

    private final Path directory;
    private final PlaneTargets targets;

    PeerProxies(Path directory, PlaneTargets targets) {
        this.directory = directory;
        this.targets = targets;
    }

    /// nginx with a map from Hosts to upstreams that keep connections; empty where it is not installed.
    ///
    /// @param cores which it may use, as `taskset` takes them
    Optional<ProxyProcess> nginx(List<Integer> cores) throws IOException {
        Optional<Path> program = NativePrograms.installed("nginx");
        if (program.isEmpty()) {
            return Optional.empty();
        }
        Path home = Files.createTempDirectory(directory, "nginx-");
        int port = FreePorts.take();
        int http2Port = FreePorts.take();
        int bodiesPort = FreePorts.take();
        Path configuration = Files.writeString(home.resolve("nginx.conf"), """
                daemon off;
                worker_processes %1$d;
                pid nginx.pid;
                error_log nginx.log warn;
                events { worker_connections 18000; }
                http {
                    access_log off;
                    tcp_nodelay on;
                    keepalive_timeout 600s;
                    keepalive_requests 1000000000;
                    client_body_temp_path body;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                    client_max_body_size 0;
                    proxy_request_buffering off;
                    proxy_max_temp_file_size 0;
                    proxy_http_version 1.1;
                    proxy_read_timeout 600s;
                    map_hash_bucket_size 128;
                    map_hash_max_size 65536;
                    include upstreams.conf;
                    map $host $sandbox { default ''; include sandboxes.map; }
                    server {
                        listen 127.0.0.1:%2$d backlog=4096;
                        include locations.conf;
                    }
                    server {
                        listen 127.0.0.1:%3$d http2 backlog=4096;
                        include locations.conf;
                    }
                    server {
                        listen 127.0.0.1:%4$d backlog=4096;
                        proxy_buffer_size 256k;
                        proxy_buffers 4 256k;
                        proxy_busy_buffers_size 512k;
                        client_body_buffer_size 256k;
                        include locations.conf;
                    }
                }
                """.formatted(cores.size(), port, http2Port, bodiesPort));
        Files.writeString(home.resolve("locations.conf"), """
                location / {
                    if ($sandbox = '') { return 404; }
                    proxy_pass http://$sandbox;
                    proxy_set_header Host $http_host;
                    proxy_set_header Connection '';
                }
                location = /echo {
                    proxy_pass http://$sandbox;
                    proxy_set_header Host $http_host;
                    proxy_set_header Upgrade $http_upgrade;
                    proxy_set_header Connection upgrade;
                }
                """);
        Files.write(home.resolve("upstreams.conf"), PlaneTargets.ADDRESSES.stream()
                .map(address -> """
                        upstream %1$s {
                            server %1$s:%2$d;
                            keepalive 512;
                            keepalive_requests 1000000000;
                            keepalive_timeout 600s;
                        }
                        """.formatted(address, targets.port())).toList());
        Files.write(home.resolve("sandboxes.map"), lines("%s %s;"));
        Process process = start(home, cores, program.get().toString(), "-p", home.toString(), "-c",
                configuration.toString(), "-e", home.resolve("nginx.log").toString());
        awaitPort(process, port, home);
        // the first process only looks after those that work
        List<Long> workers = process.children().map(ProcessHandle::pid).toList();
        return Optional.of(new ProxyProcess(PlaneStage.NGINX,
                Map.of(Kind.HTTP_1, port, Kind.HTTP_2, http2Port, Kind.BODIES, bodiesPort), workers,
                () -> end(process)));
    }

    /// HAProxy that sets the destination of a request from a map; empty where it is not installed.
    Optional<ProxyProcess> haproxy(List<Integer> cores) throws IOException {
        Optional<Path> program = NativePrograms.installed("haproxy");
        if (program.isEmpty()) {
            return Optional.empty();
        }
        Path home = Files.createTempDirectory(directory, "haproxy-");
        int port = FreePorts.take();
        int http2Port = FreePorts.take();
        Path map = Files.write(home.resolve("sandboxes.map"), lines("%s %s"));
        Path configuration = Files.writeString(home.resolve("haproxy.cfg"), """
                global
                    nbthread %1$d
                    maxconn 8000
                defaults
                    mode http
                    timeout connect 5s
                    timeout client 600s
                    timeout server 600s
                    timeout tunnel 600s
                    timeout http-keep-alive 600s
                frontend sandboxes
                    bind 127.0.0.1:%2$d backlog 4096
                    bind 127.0.0.1:%3$d proto h2 backlog 4096
                    http-request set-var(txn.address) req.hdr(host),map_str_ip(%4$s)
                    http-request deny deny_status 404 unless { var(txn.address) -m found }
                    default_backend there
                backend there
                    http-reuse always
                    http-request set-dst var(txn.address)
                    http-request set-dst-port int(%5$d)
                    server any 0.0.0.0:0 pool-purge-delay 600s pool-low-conn 4096
                """.formatted(cores.size(), port, http2Port, map, targets.port()));
        Process process = start(home, cores, program.get().toString(), "-f", configuration.toString());
        awaitPort(process, port, home);
        return Optional.of(new ProxyProcess(PlaneStage.HAPROXY,
                Map.of(Kind.HTTP_1, port, Kind.HTTP_2, http2Port, Kind.BODIES, port), List.of(process.pid()),
                () -> end(process)));
    }

    /// Go's ReverseProxy; empty where Go is not installed.
    Optional<ProxyProcess> go(List<Integer> cores) throws IOException, InterruptedException {
        if (NativePrograms.installed("go").isEmpty()) {
            return Optional.empty();
        }
        Path home = Files.createTempDirectory(directory, "go-");
        Path program = NativePrograms.built("reverseproxy", home, home);
        int port = FreePorts.take();
        Path file = Files.write(home.resolve("sandboxes"), lines("%s %s"));
        Process process = start(home, cores, program.toString(), Integer.toString(port), file.toString());
        awaitPort(process, port, home);
        return Optional
                .of(ProxyProcess.at(PlaneStage.GO, port, process.pid(), () -> end(process)));
    }

    /// A line for each sandbox, of its Host and address.
    private List<String> lines(String format) {
        return IntStream.range(0, targets.count())
                .mapToObj(number -> String.format(format, targets.host(number), targets.address(number))).toList();
    }

    private static Process start(Path home, List<Integer> cores, String... command) throws IOException {
        List<String> words = new ArrayList<>(List.of("taskset", "-c",
                cores.stream().map(String::valueOf).collect(Collectors.joining(","))));
        words.addAll(List.of(command));
        ProcessBuilder builder = Program.process(words).redirectErrorStream(true)
                .redirectOutput(Redirect.to(home.resolve("output").toFile()));
        builder.environment().put("GOMAXPROCS", Integer.toString(cores.size()));
        return builder.start();
    }

    private static void awaitPort(Process process, int port, Path home) throws IOException {
        Awaitility.await().atMost(UP_WITHIN).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(25))
                .until(() -> isOpen(port) || !process.isAlive());
        if (!process.isAlive()) {
            throw new IOException("a peer ended: " + Files.readString(home.resolve("output")));
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(DOWN_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
