package io.sandgate.gateway.stream.webhook;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/// A range of IP addresses.
///
/// @param base an address in it
/// @param prefix how many leading bits all of them share
record AddressBlock(InetAddress base, int prefix) {

    /// The blocks with these notations, such as `10.0.0.0/8`.
    ///
    /// @throws IllegalArgumentException for one that is not `address/bits`
    static List<AddressBlock> of(String... notations) {
        return Stream.of(notations).map(AddressBlock::parse).toList();
    }

    static AddressBlock parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("range: " + text + " (expected: address/bits, as in 10.0.0.0/8)");
        }
        InetAddress base = InetAddress.ofLiteral(text.substring(0, slash));
        int prefix = Integer.parseInt(text.substring(slash + 1));
        if (prefix < 0 || prefix > base.getAddress().length * Byte.SIZE) {
            throw new IllegalArgumentException("range: " + text + " (expected: address/bits, as in 10.0.0.0/8)");
        }
        return new AddressBlock(base, prefix);
    }

    boolean contains(InetAddress address) {
        return address.getAddress().length == base.getAddress().length && lead(address).equals(lead(base));
    }

    private BigInteger lead(InetAddress address) {
        byte[] bytes = address.getAddress();
        return new BigInteger(1, bytes).shiftRight(bytes.length * Byte.SIZE - prefix);
    }
}
