package io.sandgate.gateway.limit;

/// What one address or one key may have.
///
/// @param open connections at once; 0 for any number
/// @param perSecond connections opened in a second, on average; 0 for any number
/// @param burst connections opened at once after a rest; only means something with a rate, and is 1 or more then
public record Limit(int open, int perSecond, int burst) {

    /// No limit.
    public static final Limit NONE = new Limit(0, 0, 0);

    public Limit {
        check("open", open, 0);
        check("perSecond", perSecond, 0);
        check("burst", burst, perSecond > 0 ? 1 : 0);
    }

    private static void check(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + " or more)");
        }
    }
}
