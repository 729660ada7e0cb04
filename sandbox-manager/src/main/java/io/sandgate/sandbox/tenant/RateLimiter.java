package io.sandgate.sandbox.tenant;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// A bounded number of token buckets by name. The one that was used least recently goes first, and is full when it comes
/// back. Safe for any thread.
public final class RateLimiter {

    /// The largest rate that can be set.
    public static final int MAX_RATE = 1_000_000;

    private final LongSupplier nanos;
    private final Map<String, TokenBucket> buckets;

    /// @param most how many names it knows at a time
    /// @param nanos a clock that only goes forward
    public RateLimiter(int most, LongSupplier nanos) {
        this.nanos = nanos;
        this.buckets = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, TokenBucket> eldest) {
                return size() > most;
            }
        };
    }

    /// Counts a call.
    ///
    /// @param perSecond the rate that holds for this name, above zero
    public Allowance take(String name, int perSecond) {
        return ask(name, perSecond, bucket -> bucket.take(perSecond, nanos.getAsLong()));
    }

    /// Whether a call would be allowed.
    Allowance look(String name, int perSecond) {
        return ask(name, perSecond, bucket -> bucket.look(perSecond, nanos.getAsLong()));
    }

    private synchronized Allowance ask(String name, int perSecond, Function<TokenBucket, Allowance> question) {
        return question.apply(
                buckets.computeIfAbsent(name, ignored -> new TokenBucket(perSecond, nanos.getAsLong())));
    }
}
