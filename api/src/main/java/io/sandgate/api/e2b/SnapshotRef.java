package io.sandgate.api.e2b;

import io.sandgate.sandbox.Snapshot;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// How a client names a snapshot: by its id or its name, each with a tag if it likes, and a name with the team before it.
///
/// @param word the id, or the name without team and tag
/// @param tag what tells snapshots of one name apart
record SnapshotRef(String word, String tag) {
    private static final String DEFAULT_TAG = "default";
    private static final Pattern WORD = Pattern.compile("[a-z0-9][a-z0-9._-]*");
    /// With the tag.
    private static final int LONGEST = 128;

    /// What a text that a client sent names; nothing where that can be no snapshot of the team.
    static Optional<SnapshotRef> find(String text, String team) {
        int slash = text.lastIndexOf('/');
        if (slash >= 0 && !text.substring(0, slash).equals(team)) {
            return Optional.empty();
        }
        // as E2B does
        String rest = text.substring(slash + 1).toLowerCase(Locale.ROOT);
        int colon = rest.indexOf(':');
        SnapshotRef ref = colon < 0
                ? new SnapshotRef(rest, DEFAULT_TAG)
                : new SnapshotRef(rest.substring(0, colon), rest.substring(colon + 1));
        boolean valid = ref.name().length() <= LONGEST && WORD.matcher(ref.word).matches()
                && WORD.matcher(ref.tag).matches();
        return valid ? Optional.of(ref) : Optional.empty();
    }

    /// The name for a new snapshot.
    static SnapshotRef name(String text, String team) {
        return find(text, team).orElseThrow(() -> ApiException.invalid("name: " + ApiException.shown(text)
                + " (expected: letters, digits, dots, dashes and underscores, a letter or digit first; the same after a colon"
                + " for a tag; " + LONGEST + " characters with it; before it no other team than one's own)"));
    }

    /// With its tag: what is kept with the snapshot.
    String name() {
        return word + ":" + tag;
    }

    boolean isId(String id) {
        return word.equals(id) && tag.equals(DEFAULT_TAG);
    }

    boolean isOf(Snapshot snapshot) {
        return isId(snapshot.id()) || snapshot.name().equals(Optional.of(name()));
    }
}
