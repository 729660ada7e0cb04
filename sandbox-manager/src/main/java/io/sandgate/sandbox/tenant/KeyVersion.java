package io.sandgate.sandbox.tenant;

import java.util.Comparator;

/// How new what is said of a key is: the higher count is newer, and among equals the greater replica.
///
/// @param count of the changes that its writer knew of
/// @param replica the id of its writer
public record KeyVersion(long count, String replica) implements Comparable<KeyVersion> {

    private static final Comparator<KeyVersion> ORDER = Comparator.comparingLong(KeyVersion::count)
            .thenComparing(KeyVersion::replica);

    @Override
    public int compareTo(KeyVersion other) {
        return ORDER.compare(this, other);
    }
}
