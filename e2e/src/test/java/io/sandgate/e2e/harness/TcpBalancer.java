package io.sandgate.e2e.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/// A plain balancer before some replicas: gives each connection to the next one that said when it was last asked that it is
/// ready, and passes bytes. It knows no HTTP, tries nothing twice, and goes on with connections of a replica that is not ready.
public final class TcpBalancer implements AutoCloseable {

    private static final Duration LOOK = Duration.ofMillis(100);

    private final List<ReplicaProcess> replicas;
    private final ServerSocket listener;
    private final ScheduledExecutorService looks = Executors
            .newScheduledThreadPool(3, Thread.ofPlatform().daemon().name("balancer-looks-", 0).factory());
    private final Set<String> ready = ConcurrentHashMap.newKeySet();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger turns = new AtomicInteger();

    private TcpBalancer(List<ReplicaProcess> replicas, ServerSocket listener) {
        this.replicas = replicas;
        this.listener = listener;
    }

    /// Opens one on a free port of 127.0.0.1.
    public static TcpBalancer before(List<ReplicaProcess> replicas) {
        try {
            TcpBalancer balancer = new TcpBalancer(List.copyOf(replicas),
                    new ServerSocket(0, 1024, InetAddress.getLoopbackAddress()));
            for (ReplicaProcess replica : replicas) {
                var _ = balancer.looks.scheduleWithFixedDelay(() -> balancer.look(replica), 0, LOOK.toMillis(),
                        TimeUnit.MILLISECONDS);
            }
            Thread.ofVirtual().name("balancer").start(balancer::accept);
            return balancer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /// The ids of those that get connections now.
    public Set<String> ready() {
        return Set.copyOf(ready);
    }

    private void look(ReplicaProcess replica) {
        if (replica.isReady()) {
            ready.add(replica.id());
        } else {
            ready.remove(replica.id());
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException e) {
            // it was closed
        }
    }

    private void serve(Socket client) {
        Socket replica = new Socket();
        open.add(replica);
        try (client; replica) {
            client.setTcpNoDelay(true);
            replica.setTcpNoDelay(true);
            replica.connect(next().publicAddress());
            Thread back = Thread.ofVirtual().start(() -> pass(replica, client));
            pass(client, replica);
            back.join();
        } catch (IOException e) {
            // the client sees that its connection is closed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
            open.remove(replica);
        }
    }

    private ReplicaProcess next() throws IOException {
        List<ReplicaProcess> candidates = replicas.stream().filter(replica -> ready.contains(replica.id()))
                .collect(Collectors.toList());
        if (candidates.isEmpty()) {
            throw new IOException("no replica is ready");
        }
        return candidates.get(Math.floorMod(turns.getAndIncrement(), candidates.size()));
    }

    private static void pass(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            in.transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            abort(from);
            abort(to);
        }
    }

    private static void abort(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is closed
        }
    }

    @Override
    public void close() {
        looks.shutdownNow();
        open.forEach(TcpBalancer::abort);
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
