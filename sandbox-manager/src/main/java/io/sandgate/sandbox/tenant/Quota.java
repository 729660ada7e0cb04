package io.sandgate.sandbox.tenant;

import java.util.Optional;

/// What the sandboxes of one key may take up at most on all replicas together; zero allows none.
///
/// @param sandboxes how many, paused ones among them, or [#NO_LIMIT]
/// @param memoryMb their memory in MiB, or [#NO_LIMIT]
/// @param cpu their processors, or [#NO_LIMIT]
public record Quota(long sandboxes, long memoryMb, long cpu) {

    /// Stands for as much as is wanted.
    public static final long NO_LIMIT = Long.MAX_VALUE;

    /// No limit of any kind.
    public static final Quota NONE = new Quota(NO_LIMIT, NO_LIMIT, NO_LIMIT);

    /// What a quota counts.
    public enum Dimension {
        SANDBOXES, MEMORY, CPU;

        /// The word for it in messages and metrics.
        public String word() {
            return switch (this) {
                case SANDBOXES -> "sandboxes";
                case MEMORY -> "memory";
                case CPU -> "cpu";
            };
        }
    }

    /// The limit that stands in the way of a wish.
    ///
    /// @param dimension what is counted
    /// @param limit how much there may be
    /// @param used how much there is
    /// @param wish how much more was asked for
    public record Excess(Dimension dimension, long limit, long used, long wish) {}

    public Quota {
        notNegative("sandboxes", sandboxes);
        notNegative("memoryMb", memoryMb);
        notNegative("cpu", cpu);
    }

    /// Whether there is no limit at all.
    public boolean isNone() {
        return equals(NONE);
    }

    /// Whether it allows nothing that another one does not.
    public boolean isWithin(Quota other) {
        return sandboxes <= other.sandboxes && memoryMb <= other.memoryMb && cpu <= other.cpu;
    }

    /// The first limit that would be exceeded.
    Optional<Excess> excess(Usage used, Usage wish) {
        return over(Dimension.SANDBOXES, sandboxes, used.sandboxes(), wish.sandboxes())
                .or(() -> over(Dimension.MEMORY, memoryMb, used.memoryMb(), wish.memoryMb()))
                .or(() -> over(Dimension.CPU, cpu, used.cpu(), wish.cpu()));
    }

    private static Optional<Excess> over(Dimension dimension, long limit, long used, long wish) {
        return wish > limit - used ? Optional.of(new Excess(dimension, limit, used, wish)) : Optional.empty();
    }

    private static void notNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException("quota." + name + ": " + value + " (expected: 0 or more)");
        }
    }
}
