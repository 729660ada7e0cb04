package io.sandgate.e2e.harness;

import java.util.Map;

/// The part of the machine's ports and addresses that is for this JVM, beside others that run tests at the same time.
///
/// A replica that is down leaves its ports, and its sandboxes the block of their addresses, which are to be there for it
/// when it comes back.
public final class MachineShare {

    private static final int SHARES = Integer.getInteger("sandgate.e2e.forks", 1);
    private static final int NUMBER = Integer.getInteger("sandgate.e2e.fork", 1) - 1;
    /// The second number of the first address, and how many there are from there on.
    private static final int FIRST_BLOCK = 64;
    private static final int BLOCKS = 64;
    private static final int BLOCK_PREFIX = 16;

    static {
        if (SHARES < 1 || SHARES > BLOCKS) {
            throw new IllegalStateException("sandgate.e2e.forks: " + SHARES + " (expected: 1-" + BLOCKS + ")");
        }
        if (NUMBER < 0 || NUMBER >= SHARES) {
            throw new IllegalStateException(
                    "sandgate.e2e.fork: " + (NUMBER + 1) + " (expected: 1-" + SHARES + ", the number of forks)");
        }
    }

    private MachineShare() {}

    /// What tells it from the others in names.
    static String name() {
        return Integer.toString(NUMBER + 1);
    }

    /// The first of so many numbers, which are shared out evenly.
    static int first(int numbers) {
        return NUMBER * size(numbers);
    }

    /// How many of so many numbers are for this JVM.
    static int size(int numbers) {
        return numbers / SHARES;
    }

    /// The settings with the addresses of sandboxes, a share of those that a replica has by default.
    public static Map<String, String> addresses() {
        return addresses(BLOCK_PREFIX - Integer.numberOfTrailingZeros(blocks()));
    }

    /// The settings with the first of these addresses.
    ///
    /// @param prefix how many leading bits all of them have in common
    public static Map<String, String> addresses(int prefix) {
        String rest = "." + (FIRST_BLOCK + NUMBER * blocks()) + ".0.0/" + prefix;
        return Map.of("sandbox.addresses", "127" + rest, "sandbox.network", "10" + rest);
    }

    /// As many for each as can be one range.
    private static int blocks() {
        return Integer.highestOneBit(size(BLOCKS));
    }
}
