package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxException.Reason;

/// A range of loopback addresses, cut into blocks of at most 65,536 of which each replica takes one.
///
/// @param first the first address, as a number
/// @param prefix how many leading bits are fixed
record AddressRange(int first, int prefix) {

    private static final String SETTING = "sandgate.sandbox.addresses";
    private static final int SMALLEST_PREFIX = 8;
    private static final int LARGEST_PREFIX = 28;
    private static final int BLOCK_PREFIX = 16;

    /// Reads `a.b.c.d/prefix`.
    static AddressRange parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 2) {
            throw invalid(text);
        }
        int address;
        int prefix;
        try {
            address = Addresses.parse(parts[0]);
            prefix = Integer.parseInt(parts[1]);
        } catch (IllegalArgumentException e) {
            throw invalid(text);
        }
        if (prefix < SMALLEST_PREFIX || prefix > LARGEST_PREFIX) {
            throw invalid(text);
        }
        AddressRange range = new AddressRange(address & mask(prefix), prefix);
        if (range.first != address || address >>> 24 != 127 || range.contains(Addresses.parse("127.0.0.1"))) {
            throw invalid(text);
        }
        return range;
    }

    boolean contains(int address) {
        return (address & mask(prefix)) == first;
    }

    int blocks() {
        return prefix >= BLOCK_PREFIX ? 1 : 1 << (BLOCK_PREFIX - prefix);
    }

    /// The first address of a block.
    int block(int index) {
        return first + index * blockSize();
    }

    int blockSize() {
        return 1 << (32 - Math.max(prefix, BLOCK_PREFIX));
    }

    /// The block that an address of this range lies in.
    int blockOf(int address) {
        return (address - first) / blockSize();
    }

    private static int mask(int prefix) {
        return -1 << (32 - prefix);
    }

    private static SandboxException invalid(String text) {
        return new SandboxException(Reason.INVALID, SETTING + ": " + text
                + " (expected: a range within 127.0.0.0/8 with a prefix of 8-28 bits and without 127.0.0.1, such as "
                + "127.64.0.0/10)");
    }

    @Override
    public String toString() {
        return Addresses.format(first) + "/" + prefix;
    }
}
