package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.DriverException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// The addresses of one block, and who has which.
///
/// Addresses are picked at random and rest for a while after their use, so that a late connection to a sandbox that is
/// gone does not reach its successor.
final class AddressPool {

    private static final int RANDOM_TRIES = 64;

    private record Resting(int address, Instant until) {}

    private final int first;
    private final int size;
    private final Duration quarantine;
    private final Predicate<String> usedElsewhere;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Map<String, Integer> byOwner = new HashMap<>();
    private final Set<Integer> unavailable = new HashSet<>();
    private final ArrayDeque<Resting> resting = new ArrayDeque<>();

    /// @param first the first address of the block
    /// @param size how many addresses the block has
    /// @param usedElsewhere whether others know an address as that of a sandbox; must not block
    AddressPool(int first, int size, Duration quarantine, Predicate<String> usedElsewhere, InstantSource clock,
            RandomGenerator random) {
        this.first = first;
        this.size = size;
        this.quarantine = quarantine;
        this.usedElsewhere = usedElsewhere;
        this.clock = clock;
        this.random = random;
    }

    /// Gives an owner an address that nobody has.
    synchronized String allocate(String owner) {
        wake();
        for (int i = 0; i < RANDOM_TRIES; i++) {
            int address = first + 1 + random.nextInt(usable());
            if (isFree(address)) {
                return give(owner, address);
            }
        }
        int start = random.nextInt(usable());
        for (int i = 0; i < usable(); i++) {
            int address = first + 1 + (start + i) % usable();
            if (isFree(address)) {
                return give(owner, address);
            }
        }
        throw new DriverException(Reason.EXHAUSTED,
                "no free address among " + usable() + " from " + Addresses.format(first)
                        + ": kill sandboxes, wait until freed addresses have rested for " + quarantine.toSeconds()
                        + " s, or widen sandgate.sandbox.addresses");
    }

    /// Records that an owner has an address already, which may lie outside the block.
    synchronized void adopt(String owner, String address) {
        give(owner, Addresses.parse(address));
    }

    /// Takes an owner's address back.
    synchronized void release(String owner) {
        Integer address = byOwner.remove(owner);
        if (address != null) {
            resting.add(new Resting(address, clock.instant().plus(quarantine)));
        }
    }

    /// The address that an owner has.
    synchronized Optional<String> addressOf(String owner) {
        return Optional.ofNullable(byOwner.get(owner)).map(Addresses::format);
    }

    synchronized int used() {
        return byOwner.size();
    }

    /// All but the first address, the one that holds the claim, and the last.
    private int usable() {
        return size - 3;
    }

    private boolean isFree(int address) {
        return !unavailable.contains(address) && !usedElsewhere.test(Addresses.format(address));
    }

    private String give(String owner, int address) {
        byOwner.put(owner, address);
        unavailable.add(address);
        return Addresses.format(address);
    }

    private void wake() {
        Instant now = clock.instant();
        for (Resting next = resting.peek(); next != null && !next.until().isAfter(now); next = resting.peek()) {
            unavailable.remove(next.address());
            resting.remove();
        }
    }
}
