package io.sandgate.proxy.forward;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A server in a sandbox at a loopback address of its own: each connection runs a script on a thread of its own.
final class RawSandbox implements AutoCloseable {

    private static final AtomicInteger NEXT = new AtomicInteger();

    /// What a connection does; its end closes the connection.
    interface Script {
        void run(RawPeer peer) throws Exception;
    }

    private final ServerSocket server;
    private final Thread acceptor;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    private final AtomicInteger connections = new AtomicInteger();

    RawSandbox(Script script) throws IOException {
        this(nextAddress(), 0, script);
    }

    RawSandbox(String ip, int port, Script script) throws IOException {
        server = new ServerSocket();
        server.setReuseAddress(true);
        server.setReceiveBufferSize(64 * 1024);
        server.bind(new java.net.InetSocketAddress(InetAddress.ofLiteral(ip), port), 50);
        acceptor = Thread.ofVirtual().start(() -> accept(script));
    }

    /// An address that no other test uses.
    static String nextAddress() {
        int number = NEXT.incrementAndGet();
        long process = ProcessHandle.current().pid();
        return "127." + (64 + process % 64) + "." + number / 250 + "." + (1 + number % 250);
    }

    private void accept(Script script) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                connections.incrementAndGet();
                Thread.ofPlatform().daemon().start(() -> run(script, socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void run(Script script, Socket socket) {
        try (RawPeer peer = new RawPeer(socket)) {
            script.run(peer);
        } catch (Throwable e) {
            failures.add(e);
        }
    }

    String ip() {
        return server.getInetAddress().getHostAddress();
    }

    int port() {
        return server.getLocalPort();
    }

    /// How many connections there were.
    int connections() {
        return connections.get();
    }

    /// What the first script that failed failed with; waits for it.
    Throwable failure() throws InterruptedException {
        Throwable failure = failures.poll(10, TimeUnit.SECONDS);
        if (failure == null) {
            throw new AssertionError("no script failed");
        }
        return failure;
    }

    /// Stops listening; connections stay.
    void stopListening() throws IOException {
        server.close();
        try {
            // until then the socket still listens
            acceptor.join();
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    @Override
    public void close() throws IOException {
        stopListening();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
