package io.sandgate.membership;

import java.time.Duration;

/// What a replica knows of itself before it acts on what belongs to others.
///
/// @param fenced whether it fenced itself and has not reconciled since
/// @param fencedBecause why, in words; empty when it is not fenced
/// @param viewStableFor how long the members have been the same ones and this replica unfenced
/// @param lastStableView how many members the last stable view has, this replica among them; those that announced that they
///        drain and then left are not in it any more
/// @param present how many of these are here now, this replica among them
/// @param probesPass whether its own probes pass
public record Standing(boolean fenced, String fencedBecause, Duration viewStableFor, int lastStableView, int present,
        boolean probesPass) {

    /// How many of the last stable view are missing.
    public int missing() {
        return lastStableView - present;
    }
}
