package io.sandgate.gateway.limit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/// What one user has of addresses.
final class Networks {
    /// What one user of IPv6 has at least.
    private static final int IPV6_NETWORK = 8;

    private Networks() {}

    /// An IPv4 address as it is, also where it is written as one of IPv6; of one of IPv6 its /64 network; what is no address, as
    /// it is.
    static String of(String literal) {
        int scope = literal.indexOf('%');
        try {
            InetAddress address = InetAddress.ofLiteral(scope < 0 ? literal : literal.substring(0, scope));
            return address instanceof Inet6Address
                    ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), IPV6_NETWORK))
                    : address.getHostAddress();
        } catch (IllegalArgumentException e) {
            return literal;
        }
    }
}
