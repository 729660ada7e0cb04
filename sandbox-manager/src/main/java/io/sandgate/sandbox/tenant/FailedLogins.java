package io.sandgate.sandbox.tenant;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// Slows down who tries keys that are not valid, by the address that the calls come from. Safe for any thread.
///
/// An address with too many failures is not told whether a key is valid, apart from keys that it has used with success
/// before: so nobody who shares an address with a guesser is locked out by him while he works.
public final class FailedLogins {

    private static final int MOST = 10_000;

    private final int perSecond;
    private final RateLimiter failures;
    private final Map<String, Boolean> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST;
        }
    };

    /// @param perSecond failures of one address that are answered; 0 for any number
    public FailedLogins(int perSecond, LongSupplier nanos) {
        this.perSecond = perSecond;
        this.failures = new RateLimiter(MOST, nanos);
    }

    /// Whether a key that comes from that address is looked at.
    public Allowance look(String address, String key) {
        if (perSecond == 0 || isKnown(pair(address, key))) {
            return new Allowance(true, 0, 0, 0, 1);
        }
        return failures.look(address, perSecond);
    }

    /// The key was not valid.
    public void failed(String address) {
        if (perSecond > 0) {
            failures.take(address, perSecond);
        }
    }

    /// The key was valid.
    public void succeeded(String address, String key) {
        if (perSecond > 0) {
            remember(pair(address, key));
        }
    }

    private synchronized boolean isKnown(String pair) {
        return known.get(pair) != null;
    }

    private synchronized void remember(String pair) {
        known.put(pair, true);
    }

    private static String pair(String address, String key) {
        return KeyHash.of(address + " " + key);
    }
}
