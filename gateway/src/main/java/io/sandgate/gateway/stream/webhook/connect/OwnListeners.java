package io.sandgate.gateway.stream.webhook.connect;

import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.function.Predicate;

/// Tells the listeners of this replica, whichever of the machine's addresses they are reached by. Immutable.
public final class OwnListeners implements Predicate<InetSocketAddress> {
    private final Set<Integer> ports;

    /// @param ports of all listeners
    public OwnListeners(Set<Integer> ports) {
        this.ports = Set.copyOf(ports);
    }

    @Override
    public boolean test(InetSocketAddress address) {
        return ports.contains(address.getPort()) && isThisMachine(address);
    }

    private static boolean isThisMachine(InetSocketAddress address) {
        try {
            return address.getAddress().isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(address.getAddress()) != null;
        } catch (SocketException e) {
            // what cannot be told is refused
            return true;
        }
    }
}
