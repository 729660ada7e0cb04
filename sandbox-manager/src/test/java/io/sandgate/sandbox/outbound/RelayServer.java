package io.sandgate.sandbox.outbound;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.sandbox.driver.Egress;
import java.io.Closeable;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A relay, this process as the only sandbox of it, and a server that is every server of the world.
final class RelayServer implements Closeable {

    static final String SANDBOX = "127.0.0.1";

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final OutboundRelay relay;
    final BlockingQueue<String> lookedUp = new LinkedBlockingQueue<>();
    final BlockingQueue<Integer> dialled = new LinkedBlockingQueue<>();
    private final ServerSocket world = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final BlockingQueue<Socket> arrived = new LinkedBlockingQueue<>();
    private final Set<Socket> opened = ConcurrentHashMap.newKeySet();

    RelayServer(OutboundRelay.Limits limits, String... allowed) throws IOException {
        relay = new OutboundRelay(this::find, this::dial, limits, System::nanoTime, meters);
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    arrived.add(world.accept());
                }
            } catch (IOException e) {
                // it is over
            }
        });
        allow(allowed);
    }

    RelayServer(String... allowed) throws IOException {
        this(limits(), allowed);
    }

    /// Bounds that are not reached.
    static OutboundRelay.Limits limits() {
        return new OutboundRelay.Limits(50, 50, Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ofMinutes(5));
    }

    void allow(String... names) {
        relay.set(SANDBOX, new Egress(false, List.of(names), List.of()));
    }

    private List<Inet4Address> find(String name) throws IOException {
        lookedUp.add(name);
        if (name.startsWith("nowhere")) {
            throw new IOException("not found");
        }
        return List.of((Inet4Address) InetAddress.ofLiteral("203.0.113.9"));
    }

    private Socket dial(List<Inet4Address> addresses, int port) throws IOException {
        dialled.add(port);
        Socket socket = new Socket();
        socket.connect(world.getLocalSocketAddress(), 10_000);
        return socket;
    }

    /// A connection as the firewall brings it.
    Socket http() throws IOException {
        return connect(relay.ports(SANDBOX).http());
    }

    Socket tls() throws IOException {
        return connect(relay.ports(SANDBOX).tls());
    }

    private Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        opened.add(socket);
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral(SANDBOX), port), 10_000);
        socket.setSoTimeout(20_000);
        return socket;
    }

    /// The next connection that reached the world.
    Socket server() throws Exception {
        Socket socket = arrived.poll(20, TimeUnit.SECONDS);
        if (socket == null) {
            throw new AssertionError("nobody came");
        }
        opened.add(socket);
        socket.setSoTimeout(20_000);
        return socket;
    }

    /// Nothing reached the world so far.
    boolean nobodyCame() {
        return arrived.isEmpty() && dialled.isEmpty();
    }

    double refused(String reason) {
        return meters.get("sandgate.sandbox.outbound.refused").tag("reason", reason).counter().count();
    }

    double active() {
        return meters.get("sandgate.sandbox.outbound.active").gauge().value();
    }

    @Override
    public void close() throws IOException {
        relay.close();
        world.close();
        for (Socket socket : opened) {
            socket.close();
        }
    }
}
