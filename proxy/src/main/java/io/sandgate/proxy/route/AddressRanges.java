package io.sandgate.proxy.route;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/// The addresses that a route may point to: CIDR ranges, less what is never a sandbox.
///
/// Never allowed, whatever the ranges say: unspecified, loopback outside 127.64.0.0/10 (which the process driver uses),
/// link-local, the clouds' metadata services, multicast, reserved, and IPv6 forms that lead to an IPv4 address (mapped,
/// translated, NAT64, 6to4, Teredo), and what is excepted. Only literals in their usual form are addresses; names are not resolved. Immutable.
public final class AddressRanges {

    private static final List<Range> NEVER = ranges("0.0.0.0/8", "127.0.0.0/10", "127.128.0.0/9", "169.254.0.0/16",
            "224.0.0.0/4", "240.0.0.0/4", "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48",
            "2002::/16", "2001::/32", "fe80::/10", "fec0::/10", "ff00::/8",
            // metadata services outside the link-local range: AWS, Google, Alibaba, Oracle, Azure
            "fd00:ec2::/32", "fd20:ce::/32", "100.100.100.200/32", "192.0.0.0/24", "168.63.129.16/32");

    private final List<Range> ranges;
    private final Set<InetAddress> except;

    private AddressRanges(List<Range> ranges, Set<InetAddress> except) {
        this.ranges = ranges;
        this.except = except;
    }

    /// The ranges with these notations, such as `127.64.0.0/10`.
    ///
    /// @throws IllegalArgumentException for one that is not `address/bits`
    public static AddressRanges of(List<String> cidrs) {
        return new AddressRanges(cidrs.stream().map(Range::parse).toList(), Set.of());
    }

    /// The same ranges without some addresses, such as this machine's own.
    public AddressRanges except(Set<InetAddress> addresses) {
        return new AddressRanges(ranges, Set.copyOf(addresses));
    }

    /// Whether the text is an IP literal that a route may point to.
    public boolean contains(String address) {
        byte[] bytes;
        try {
            bytes = literal(address);
            if (!except.isEmpty() && except.contains(InetAddress.ofLiteral(address))) {
                return false;
            }
        } catch (IllegalArgumentException e) {
            return false;
        }
        return ranges.stream().anyMatch(range -> range.contains(bytes))
                && NEVER.stream().noneMatch(range -> range.contains(bytes));
    }

    /// The bytes of a literal that everybody reads alike; an IPv4 address that is mapped into IPv6 keeps its 16.
    private static byte[] literal(String address) {
        InetAddress parsed = InetAddress.ofLiteral(address);
        byte[] bytes = parsed.getAddress();
        if (address.indexOf(':') < 0) {
            // "127.1", "1" and "010.0.0.1" are literals to the JDK, and other addresses to other resolvers
            if (!address.equals(parsed.getHostAddress())) {
                throw new IllegalArgumentException("address");
            }
            return bytes;
        }
        if (address.indexOf('%') >= 0 || address.indexOf('[') >= 0) {
            throw new IllegalArgumentException("address");
        }
        return bytes.length == 4 ? mapped(bytes) : bytes;
    }

    private static byte[] mapped(byte[] ipv4) {
        byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xff;
        mapped[11] = (byte) 0xff;
        System.arraycopy(ipv4, 0, mapped, 12, 4);
        return mapped;
    }

    private static List<Range> ranges(String... cidrs) {
        return List.of(cidrs).stream().map(Range::parse).toList();
    }

    @Override
    public String toString() {
        return ranges.toString();
    }

    private static final class Range {
        private final String text;
        private final byte[] prefix;
        private final int bits;

        Range(String text, byte[] prefix, int bits) {
            this.text = text;
            this.prefix = prefix;
            this.bits = bits;
        }

        static Range parse(String text) {
            int slash = text.indexOf('/');
            try {
                byte[] prefix = literal(text.substring(0, slash));
                int bits = Integer.parseInt(text.substring(slash + 1));
                if (bits < 0 || bits > prefix.length * 8) {
                    throw new IllegalArgumentException("bits");
                }
                return new Range(text, prefix, bits);
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                throw new IllegalArgumentException("range: " + text + " (expected: address/bits, as in 10.0.0.0/8)", e);
            }
        }

        boolean contains(byte[] address) {
            if (address.length != prefix.length) {
                return false;
            }
            int whole = bits / 8;
            for (int i = 0; i < whole; i++) {
                if (address[i] != prefix[i]) {
                    return false;
                }
            }
            int rest = bits % 8;
            return rest == 0 || ((address[whole] ^ prefix[whole]) & (0xff << (8 - rest)) & 0xff) == 0;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
