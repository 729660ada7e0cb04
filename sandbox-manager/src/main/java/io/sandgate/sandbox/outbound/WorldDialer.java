package io.sandgate.sandbox.outbound;

import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.driver.Ipv4Range;
import io.sandgate.sandbox.outbound.Refusal.Reason;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Connects to addresses of the world.
///
/// The owner of an allowed name decides what addresses it has, and connections are made from the machine and not from the
/// sandbox: so what is closed to sandboxes by the firewall is left out here, and the machine itself.
///
/// @param patience for each address
record WorldDialer(Duration patience) implements Dialer {

    private static final int MOST_TRIED = 3;

    @Override
    public Socket dial(List<Inet4Address> addresses, int port) throws IOException, Refusal {
        List<Inet4Address> open = new ArrayList<>();
        for (Inet4Address address : addresses) {
            if (isOpen(address)) {
                open.add(address);
            }
        }
        if (open.isEmpty()) {
            throw new Refusal(Reason.CLOSED, "none of its addresses is open to sandboxes: " + addresses);
        }
        IOException failure = new IOException("no address");
        for (Inet4Address address : open.subList(0, Math.min(MOST_TRIED, open.size()))) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(address, port), Math.toIntExact(patience.toMillis()));
                return socket;
            } catch (IOException e) {
                socket.close();
                failure = e;
            }
        }
        throw failure;
    }

    private static boolean isOpen(Inet4Address address) throws SocketException {
        Ipv4Range one = Ipv4Range.parse(address.getHostAddress());
        return Egress.CLOSED.stream().noneMatch(closed -> closed.contains(one))
                && NetworkInterface.getByInetAddress(address) == null;
    }
}
