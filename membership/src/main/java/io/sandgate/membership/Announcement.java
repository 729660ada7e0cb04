package io.sandgate.membership;

/// What a replica says of itself to all others, over and over.
///
/// @param member the replica
/// @param sequence counts the announcements of one incarnation, from 1
/// @param summary what it says of its routes
record Announcement(Member member, long sequence, RouteSummary summary) implements Decoded {

    Announcement {
        if (sequence < 1) {
            throw new IllegalArgumentException("sequence: " + sequence + " (expected: 1 or more)");
        }
    }
}
