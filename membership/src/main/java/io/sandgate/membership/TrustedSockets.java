package io.sandgate.membership;

import io.sandgate.membership.trust.PeerSockets;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import org.jgroups.util.SocketFactory;

/// The sockets of a group under mutual TLS. There are no others: a protocol that asks for a datagram or a channel gets an
/// error, since it would be plain.
final class TrustedSockets implements SocketFactory {
    private static final int BACKLOG = 50;

    private final PeerSockets sockets;

    TrustedSockets(PeerSockets sockets) {
        this.sockets = sockets;
    }

    @Override
    public Socket createSocket(String service) throws IOException {
        return sockets.client();
    }

    @Override
    public Socket createSocket(String service, String host, int port) throws IOException {
        return createSocket(service, InetAddress.getByName(host), port);
    }

    @Override
    public Socket createSocket(String service, InetAddress address, int port) throws IOException {
        Socket socket = createSocket(service);
        socket.connect(new InetSocketAddress(address, port));
        return socket;
    }

    @Override
    public Socket createSocket(String service, String host, int port, InetAddress local, int localPort)
            throws IOException {
        return createSocket(service, InetAddress.getByName(host), port, local, localPort);
    }

    @Override
    public Socket createSocket(String service, InetAddress address, int port, InetAddress local, int localPort)
            throws IOException {
        Socket socket = createSocket(service);
        socket.bind(new InetSocketAddress(local, localPort));
        socket.connect(new InetSocketAddress(address, port));
        return socket;
    }

    @Override
    public ServerSocket createServerSocket(String service) throws IOException {
        return sockets.server();
    }

    @Override
    public ServerSocket createServerSocket(String service, int port) throws IOException {
        return createServerSocket(service, port, BACKLOG);
    }

    @Override
    public ServerSocket createServerSocket(String service, int port, int backlog) throws IOException {
        ServerSocket socket = createServerSocket(service);
        socket.bind(new InetSocketAddress(port), backlog);
        return socket;
    }

    @Override
    public ServerSocket createServerSocket(String service, int port, int backlog, InetAddress address)
            throws IOException {
        ServerSocket socket = createServerSocket(service);
        socket.bind(new InetSocketAddress(address, port), backlog);
        return socket;
    }

    @Override
    public DatagramSocket createDatagramSocket(String service) throws SocketException {
        throw plain(service);
    }

    @Override
    public DatagramSocket createDatagramSocket(String service, SocketAddress address) throws SocketException {
        throw plain(service);
    }

    @Override
    public DatagramSocket createDatagramSocket(String service, int port) throws SocketException {
        throw plain(service);
    }

    @Override
    public DatagramSocket createDatagramSocket(String service, int port, InetAddress address) throws SocketException {
        throw plain(service);
    }

    @Override
    public MulticastSocket createMulticastSocket(String service) throws IOException {
        throw plain(service);
    }

    @Override
    public MulticastSocket createMulticastSocket(String service, int port) throws IOException {
        throw plain(service);
    }

    @Override
    public MulticastSocket createMulticastSocket(String service, SocketAddress address) throws IOException {
        throw plain(service);
    }

    private static SocketException plain(String service) {
        return new SocketException(service + " would be plain in a cluster under TLS");
    }

    @Override
    public void close(Socket socket) throws IOException {
        socket.close();
    }

    @Override
    public void close(ServerSocket socket) throws IOException {
        socket.close();
    }

    @Override
    public void close(DatagramSocket socket) {
        socket.close();
    }
}
