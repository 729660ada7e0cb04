package io.sandgate.sandbox.driver;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// A range of IPv4 addresses in CIDR form.
///
/// @param first the first address, as a number
/// @param prefix how many leading bits all addresses of the range share
public record Ipv4Range(int first, int prefix) {

    private static final int BITS = 32;

    /// Reads `address/prefix`, or one address as the range of itself. Bits beyond the prefix do not count.
    ///
    /// @throws IllegalArgumentException for anything else
    public static Ipv4Range parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        int prefix = slash < 0 ? BITS : Integer.parseInt(text.substring(slash + 1));
        InetAddress parsed = InetAddress.ofLiteral(address);
        // "127.1" and "1" are literals to the JDK, and other addresses to other resolvers
        if (!(parsed instanceof Inet4Address) || !parsed.getHostAddress().equals(address) || prefix < 0
                || prefix > BITS) {
            throw new IllegalArgumentException("range: " + text + " (expected: an IPv4 address, or a range of them)");
        }
        return new Ipv4Range(ByteBuffer.wrap(parsed.getAddress()).getInt() & mask(prefix), prefix);
    }

    /// The ranges without those that lie in others.
    static List<Ipv4Range> merged(Collection<Ipv4Range> ranges) {
        return ranges.stream().distinct()
                .filter(range -> ranges.stream().noneMatch(other -> !other.equals(range) && other.contains(range)))
                .sorted(Comparator.comparingLong(range -> Integer.toUnsignedLong(range.first))).toList();
    }

    /// Whether every address of the other range lies in this one.
    public boolean contains(Ipv4Range other) {
        return other.prefix >= prefix && (other.first & mask(prefix)) == first;
    }

    private static int mask(int prefix) {
        return prefix == 0 ? 0 : -1 << (BITS - prefix);
    }

    @Override
    public String toString() {
        return (first >>> 24) + "." + ((first >>> 16) & 255) + "." + ((first >>> 8) & 255) + "." + (first & 255)
                + (prefix == BITS ? "" : "/" + prefix);
    }
}
