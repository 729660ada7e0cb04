package io.sandgate.proxy.replicate;

import io.sandgate.membership.RouteSummary;
import io.sandgate.proxy.route.RouteHash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The sums over one authority's routes: in each bucket the sum of the [RouteHash#element] of its routes, whatever their
/// order. Equal digests mean equal routes, up to a chance of 2^-64. Immutable.
public final class Digest {
    /// Of no routes.
    public static final Digest EMPTY = new Digest(new long[RouteHash.BUCKETS], 0);

    private final long[] sums;
    private final long count;

    /// @param sums one for each bucket; not changed afterwards
    /// @param count the routes
    Digest(long[] sums, long count) {
        if (sums.length != RouteHash.BUCKETS) {
            throw new IllegalArgumentException(
                    "digest: " + sums.length + " buckets (expected: " + RouteHash.BUCKETS + ")");
        }
        this.sums = sums;
        this.count = count;
    }

    /// All of it in two numbers.
    public RouteSummary summary() {
        long root = 0;
        for (long sum : sums) {
            root += sum;
        }
        return new RouteSummary(root, count);
    }

    /// The buckets whose sums are not the same.
    List<Integer> differing(Digest other) {
        List<Integer> differing = new ArrayList<>();
        for (int bucket = 0; bucket < sums.length; bucket++) {
            if (sums[bucket] != other.sums[bucket]) {
                differing.add(bucket);
            }
        }
        return differing;
    }

    /// The sums as bytes, big-endian.
    public byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(sums.length * Long.BYTES);
        bytes.asLongBuffer().put(sums);
        return bytes.array();
    }

    /// Reads what [#bytes()] wrote.
    ///
    /// @throws IllegalArgumentException when the number of bytes is another one
    public static Digest read(byte[] bytes, long count) {
        long[] sums = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).asLongBuffer().get(sums);
        return new Digest(sums, count);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Digest that && count == that.count && Arrays.equals(sums, that.sums);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sums);
    }

    @Override
    public String toString() {
        return "Digest[" + summary() + "]";
    }
}
