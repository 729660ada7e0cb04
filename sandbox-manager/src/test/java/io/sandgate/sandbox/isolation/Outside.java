package io.sandgate.sandbox.isolation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/// A machine outside: a network namespace beside this one, with two addresses of the internet at which one server says
/// hello and then repeats what it hears, and others, at the ports of HTTP and TLS, say their address in place of that.
final class Outside implements AutoCloseable {

    private static final String SERVER = """
            import socket, threading
            def serve(c, word):
                c.sendall(word)
                while True:
                    d = c.recv(100)
                    if not d: return
                    c.sendall(d)
            def listen(port):
                s = socket.socket()
                s.bind(('0.0.0.0', port))
                s.listen(50)
                return s
            def accept(s, known):
                while True:
                    c = s.accept()[0]
                    word = b'hello' if known else b'at ' + c.getsockname()[0].encode() + b'.'
                    threading.Thread(target=serve, args=(c, word), daemon=True).start()
            for port in (80, 443): threading.Thread(target=accept, args=(listen(port), False), daemon=True).start()
            s = listen(0)
            print(s.getsockname()[1], flush=True)
            accept(s, True)
            """;

    private final String name;
    private final String near;
    private final String far;
    private final Process server;
    private final int port;

    Outside() throws IOException {
        // addresses of documentation, others for each process that tests at the same time
        int place = (int) (ProcessHandle.current().pid() % 63);
        this.name = "sgout" + ProcessHandle.current().pid();
        this.near = "203.0.113." + (place * 4 + 2);
        this.far = "198.51.100." + (place + 1);
        Commands.run("""
                netns add %1$s
                link add %1$s type veth peer name eth0 netns %1$s
                addr add 203.0.113.%2$d/30 dev %1$s
                link set %1$s up
                """.formatted(name, place * 4 + 1), "ip", "-batch", "-");
        Commands.run("""
                link set lo up
                addr add %1$s/30 dev eth0
                addr add %2$s/32 dev lo
                link set eth0 up
                route add default via 203.0.113.%3$d
                """.formatted(near, far, place * 4 + 1), "ip", "-n", name, "-batch", "-");
        Commands.run("", "ip", "route", "add", far, "via", near);
        server = new ProcessBuilder("ip", "netns", "exec", name, "python3", "-c", SERVER).start();
        port = Integer.parseInt(new BufferedReader(
                new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8)).readLine());
    }

    /// One of its addresses.
    String near() {
        return near;
    }

    /// The other one.
    String far() {
        return far;
    }

    int port() {
        return port;
    }

    @Override
    public void close() throws IOException {
        server.destroyForcibly();
        Commands.run("link del " + name + "\nnetns del " + name + "\n", "ip", "-force", "-batch", "-");
    }
}
