package io.sandgate.api.settings;

import java.math.BigInteger;
import java.net.InetAddress;

/// A range of IP addresses in CIDR form, such as `127.64.0.0/10`.
///
/// @param base the first address
/// @param prefix how many leading bits all addresses of the range share
public record AddressRange(InetAddress base, int prefix) {

    public AddressRange {
        int bits = base.getAddress().length * Byte.SIZE;
        if (prefix < 0 || prefix > bits) {
            throw new IllegalArgumentException("prefix: " + prefix + " (expected: 0-" + bits + ")");
        }
        if (!number(base).equals(first(base, prefix))) {
            throw new IllegalArgumentException("range: " + base.getHostAddress() + "/" + prefix
                    + " (expected: the first address of the range before the slash)");
        }
    }

    /// Reads `address/prefix`, or one address as the range of itself.
    ///
    /// @throws IllegalArgumentException when the text is of another form
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        InetAddress base = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
        int bits = base.getAddress().length * Byte.SIZE;
        return new AddressRange(base, slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1)));
    }

    /// Whether the address lies in the range.
    public boolean contains(InetAddress address) {
        return address.getAddress().length == base.getAddress().length && first(address, prefix).equals(number(base));
    }

    /// Whether every address of the other range lies in this one.
    public boolean contains(AddressRange other) {
        return other.prefix >= prefix && contains(other.base);
    }

    private static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    private static BigInteger first(InetAddress address, int prefix) {
        int free = address.getAddress().length * Byte.SIZE - prefix;
        return number(address).shiftRight(free).shiftLeft(free);
    }

    @Override
    public String toString() {
        return base.getHostAddress() + "/" + prefix;
    }
}
