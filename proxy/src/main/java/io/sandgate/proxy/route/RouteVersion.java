package io.sandgate.proxy.route;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The version of a route: a positive decimal integer of any length, without a sign or leading zeros, ordered by value.
///
/// A replica's versions are `epoch * 2^40 + counter`: the authority raises the counter, and whoever takes a route over
/// raises the epoch. The versions of external feeds are just numbers.
public final class RouteVersion implements Comparable<RouteVersion> {

    /// Bits of a version that count within an epoch.
    public static final int COUNTER_BITS = 40;

    /// The largest epoch that fits a `long`.
    public static final long MAX_EPOCH = Long.MAX_VALUE >>> COUNTER_BITS;

    /// Any decimal of at most so many digits fits a `long`.
    private static final int LONG_DIGITS = 18;

    private final long number;
    /// The digits of a version that `number` cannot hold.
    private final @Nullable String digits;

    private RouteVersion(long number, @Nullable String digits) {
        this.number = number;
        this.digits = digits;
    }

    /// The version with this value.
    ///
    /// @throws IllegalArgumentException when it is not positive
    public static RouteVersion of(long number) {
        if (number <= 0) {
            throw new IllegalArgumentException("version: " + number + " (expected: a positive integer)");
        }
        return new RouteVersion(number, null);
    }

    /// The version of a replica's route.
    ///
    /// @param epoch 0 to [#MAX_EPOCH]
    /// @param counter 1 to 2^40 - 1
    public static RouteVersion of(long epoch, long counter) {
        if (epoch < 0 || epoch > MAX_EPOCH) {
            throw new IllegalArgumentException("epoch: " + epoch + " (expected: 0-" + MAX_EPOCH + ")");
        }
        if (counter < 1 || counter >= 1L << COUNTER_BITS) {
            throw new IllegalArgumentException("counter: " + counter + " (expected: 1 to 2^40 - 1)");
        }
        return new RouteVersion((epoch << COUNTER_BITS) + counter, null);
    }

    /// Reads a version, or null when the text is not a canonical positive integer.
    public static @Nullable RouteVersion parse(String text) {
        int length = text.length();
        if (length == 0 || text.charAt(0) == '0') {
            return null;
        }
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return null;
            }
        }
        if (length <= LONG_DIGITS || (length == LONG_DIGITS + 1 && text.compareTo("9223372036854775807") <= 0)) {
            return new RouteVersion(Long.parseLong(text), null);
        }
        return new RouteVersion(0, text);
    }

    /// The epoch of a replica's version; [Long#MAX_VALUE] for a number that is larger than any replica would assign.
    public long epoch() {
        return digits == null ? number >>> COUNTER_BITS : Long.MAX_VALUE;
    }

    /// The next version in the same epoch.
    ///
    /// @throws ArithmeticException when the epoch's counter is used up, or the number is no replica's
    public RouteVersion next() {
        if (digits != null || ((number + 1) & ((1L << COUNTER_BITS) - 1)) == 0) {
            throw new ArithmeticException("version: " + this + " (expected: one with a successor in its epoch)");
        }
        return new RouteVersion(number + 1, null);
    }

    /// The first version of the next epoch: what a new authority begins with.
    ///
    /// @throws ArithmeticException when there is no larger epoch
    public RouteVersion nextEpoch() {
        if (epoch() >= MAX_EPOCH) {
            throw new ArithmeticException("version: " + this + " (expected: one below the largest epoch)");
        }
        return of(epoch() + 1, 1);
    }

    /// The value, for a version that fits a `long`.
    ///
    /// @throws ArithmeticException when it does not fit
    public long longValue() {
        if (digits != null) {
            throw new ArithmeticException("version: " + digits + " (expected: at most " + Long.MAX_VALUE + ")");
        }
        return number;
    }

    @Override
    public int compareTo(RouteVersion other) {
        if (digits == null && other.digits == null) {
            return Long.compare(number, other.number);
        }
        if (digits == null) {
            return -1;
        }
        if (other.digits == null) {
            return 1;
        }
        int byLength = Integer.compare(digits.length(), other.digits.length());
        return byLength != 0 ? byLength : digits.compareTo(other.digits);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RouteVersion that && number == that.number && Objects.equals(digits, that.digits);
    }

    @Override
    public int hashCode() {
        return digits == null ? Long.hashCode(number) : digits.hashCode();
    }

    @Override
    public String toString() {
        return digits == null ? Long.toString(number) : digits;
    }
}
