package io.sandgate.membership.trust;

import io.sandgate.membership.trust.Refusals.Where;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// Accepts connections whose other end has proven to be a replica.
///
/// Implementation note. Whoever calls [#accept()] does so on one thread, one connection after the other. Were handshakes
/// made there, a stranger that connects and says nothing would keep all others out. So they are made on virtual threads, a
/// bounded number at once, each within its deadline, and only what has passed is handed over. One address may have a
/// quarter of them: what it connects beyond that is closed at once.
final class PeerServerSocket extends ServerSocket {
    private static final Duration HANDSHAKE = Duration.ofSeconds(5);
    private static final int MOST_HANDSHAKES = 256;
    /// Enough for a large cluster on one machine that starts at once.
    static final int MOST_FROM_ONE_ADDRESS = 64;
    /// What is waited after a failure to accept, such as that of no free file descriptor.
    private static final Duration PAUSE = Duration.ofMillis(100);

    /// What accept gives: a socket, or the end.
    private record Accepted(@Nullable Socket socket) {}

    private final SSLContext context;
    private final Refusals refusals;
    private final AtomicBoolean started = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Semaphore handshakes = new Semaphore(MOST_HANDSHAKES);
    /// How many are under way, by the address of the other end.
    private final Map<InetAddress, Integer> underWay = new ConcurrentHashMap<>();
    private final LinkedBlockingQueue<Accepted> accepted = new LinkedBlockingQueue<>();

    PeerServerSocket(SSLContext context, Refusals refusals) throws IOException {
        this.context = context;
        this.refusals = refusals;
    }

    @Override
    public Socket accept() throws IOException {
        if (started.compareAndSet(false, true)) {
            Thread.ofVirtual().name("cluster-accept").start(this::acceptAll);
        }
        try {
            Socket socket = accepted.take().socket();
            if (socket == null) {
                accepted.add(new Accepted(null));
                throw new SocketException("Socket closed");
            }
            return socket;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SocketException("interrupted");
        }
    }

    private void acceptAll() {
        try {
            while (!isClosed()) {
                handshakes.acquire();
                try {
                    Socket plain = super.accept();
                    Thread.ofVirtual().name("cluster-handshake").start(() -> handshakeIfAllowed(plain));
                } catch (IOException e) {
                    handshakes.release();
                    if (closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void handshakeIfAllowed(Socket plain) {
        InetAddress remote = plain.getInetAddress();
        try {
            if (underWay.merge(remote, 1, Integer::sum) <= MOST_FROM_ONE_ADDRESS) {
                handshake(plain);
            } else {
                refusals.refused(Where.CLUSTER, RefusalReason.TOO_MANY, remote.getHostAddress(),
                        "more than " + MOST_FROM_ONE_ADDRESS + " handshakes at once");
                closeQuietly(plain);
            }
        } finally {
            underWay.computeIfPresent(remote, (address, count) -> count == 1 ? null : count - 1);
            handshakes.release();
        }
    }

    private void handshake(Socket plain) {
        try {
            plain.setSoTimeout((int) HANDSHAKE.toMillis());
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, null, true);
            socket.setUseClientMode(false);
            socket.setSSLParameters(PeerSockets.parameters());
            socket.startHandshake();
            socket.getSession().getPeerCertificates();
            socket.setSoTimeout(0);
            handOver(socket);
        } catch (IOException e) {
            if (!isClosed()) {
                refusals.handshakeFailed(Where.CLUSTER, plain.getInetAddress().getHostAddress(), e);
            }
            closeQuietly(plain);
        }
    }

    private void handOver(Socket socket) {
        accepted.add(new Accepted(socket));
        if (isClosed()) {
            closeWaiting();
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is not used any more
        }
    }

    @Override
    public void close() throws IOException {
        super.close();
        // the constructor of the superclass may close
        if (closed != null) {
            closed.countDown();
            closeWaiting();
            accepted.add(new Accepted(null));
        }
    }

    private void closeWaiting() {
        for (Accepted waiting = accepted.poll(); waiting != null; waiting = accepted.poll()) {
            if (waiting.socket() != null) {
                closeQuietly(waiting.socket());
            } else {
                accepted.add(waiting);
                return;
            }
        }
    }
}
