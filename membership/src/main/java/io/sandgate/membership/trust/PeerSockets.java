package io.sandgate.membership.trust;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// Blocking sockets between replicas: both ends show a certificate of the cluster, over TLS 1.3, or there is no connection.
public final class PeerSockets {
    /// How long a handshake may take, and a connection before it.
    private static final Duration CONNECT_AND_HANDSHAKE = Duration.ofSeconds(7);

    private final Trust trust;
    private final SSLContext context;

    /// Sockets with the credentials that the trust has at the time of each handshake.
    public PeerSockets(Trust trust) {
        this.trust = trust;
        this.context = trust.context();
    }

    /// A server socket that is not bound; what it accepts has passed the handshake.
    public ServerSocket server() throws IOException {
        return new PeerServerSocket(context, trust.refusals());
    }

    /// A socket that is not connected. It is closed when its handshake is not over in time: a peer that hangs takes
    /// connections and says nothing.
    public Socket client() throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
        socket.setSSLParameters(parameters());
        CountDownLatch done = new CountDownLatch(1);
        socket.addHandshakeCompletedListener(event -> done.countDown());
        Thread.ofVirtual().name("handshake-watch").start(() -> watch(socket, done));
        return socket;
    }

    private static void watch(SSLSocket socket, CountDownLatch done) {
        try {
            if (!done.await(CONNECT_AND_HANDSHAKE.toMillis(), TimeUnit.MILLISECONDS)) {
                socket.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new IllegalStateException("a socket that hangs cannot be closed", e);
        }
    }

    /// TLS 1.3 alone, and a certificate from both.
    static SSLParameters parameters() {
        SSLParameters parameters = new SSLParameters(null, new String[]{Trust.PROTOCOL});
        parameters.setNeedClientAuth(true);
        return parameters;
    }
}
