package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxException.Reason;
import org.jspecify.annotations.Nullable;

/// The two addresses of a sandbox with a network of its own: the loopback address that it was given, where its runtime
/// answers, and the address in its own network, at the same place of another range.
///
/// @param loopback the range of the loopback addresses
/// @param network the first address of the range of the others, which is at least as large
record NetworkAddresses(AddressRange loopback, int network) {

    static final String SETTING = "sandgate.sandbox.network";

    /// Reads the range of the networks' addresses.
    static NetworkAddresses parse(AddressRange loopback, String text) {
        String[] parts = text.split("/", -1);
        try {
            int first = Addresses.parse(parts[0]);
            int prefix = parts.length == 2 ? Integer.parseInt(parts[1]) : 0;
            if (prefix > 0 && prefix <= loopback.prefix() && first << prefix == 0 && first >>> 24 != 127) {
                return new NetworkAddresses(loopback, first);
            }
        } catch (IllegalArgumentException e) {
            throw invalid(loopback, text, e);
        }
        throw invalid(loopback, text, null);
    }

    private static SandboxException invalid(AddressRange loopback, String text, @Nullable Throwable cause) {
        return new SandboxException(Reason.INVALID,
                SETTING + ": " + text + " (expected: a range of " + loopback.prefix()
                        + " bits as sandgate.sandbox.addresses, outside of loopback, such as 10.64.0.0/"
                        + loopback.prefix()
                        + ")",
                cause);
    }

    /// The address in the sandbox' own network.
    String outside(String address) {
        return Addresses.format(network + (Addresses.parse(address) - loopback.first()));
    }

    /// The loopback address of either.
    String inside(String address) {
        int number = Addresses.parse(address);
        return loopback.contains(number) ? address : Addresses.format(loopback.first() + (number - network));
    }

    /// Whether an address is in the range of the networks.
    boolean isOutside(String address) {
        return loopback.contains(loopback.first() + (Addresses.parse(address) - network));
    }
}
