package io.sandgate.proxy.simulation;

/// A shortcut that looks as if it worked, and that the simulation must find wanting.
enum Flaw {
    /// As it is.
    NONE,
    /// Versions are counted in memory, from one after each restart, without epochs.
    COUNTER_IN_MEMORY,
    /// Fences live shorter than replicas are away.
    SHORT_FENCES,
    /// The epoch is the writer's incarnation, compared across writers.
    EPOCH_IS_INCARNATION,
    /// The version is the writer's wall clock.
    WALL_CLOCK,
    /// Changes are pushed, and nothing is ever compared.
    PUSH_ONLY,
    /// A replica that comes back does not bring its routes again.
    NO_REASSERTION,
    /// Nobody clears what the dead left.
    NO_SWEEP
}
