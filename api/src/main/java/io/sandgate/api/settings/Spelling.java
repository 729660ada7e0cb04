package io.sandgate.api.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds the word that someone most likely meant.
final class Spelling {

    private Spelling() {}

    /// The candidate with the fewest edits between it and the word, when those are few for its length.
    static Optional<String> nearest(String word, Collection<String> candidates) {
        return candidates.stream().min(Comparator.comparingInt(candidate -> distance(word, candidate)))
                .filter(candidate -> distance(word, candidate) <= Math.max(2, word.length() / 4));
    }

    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
