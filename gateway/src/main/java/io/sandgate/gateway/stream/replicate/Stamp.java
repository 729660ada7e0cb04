package io.sandgate.gateway.stream.replicate;

/// Who sent a parcel, and which of its parcels it is: one that comes late, after a newer one, is told by it.
///
/// @param from the id of the replica
/// @param start the start of its process: larger after each
/// @param number larger with each parcel of that start, whoever they go to
public record Stamp(String from, long start, long number) {

    /// Whether it was sent after another one of the same replica.
    boolean isAfter(Stamp other) {
        return start != other.start ? start > other.start : number > other.number;
    }
}
