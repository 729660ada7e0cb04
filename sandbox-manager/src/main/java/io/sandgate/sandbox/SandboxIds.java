package io.sandgate.sandbox;

import java.util.random.RandomGenerator;

/// New ids for sandboxes and for their lives.
final class SandboxIds {

    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int LENGTH = 20;

    private final RandomGenerator random;

    SandboxIds(RandomGenerator random) {
        this.random = random;
    }

    /// An id: `i` and 20 characters that cannot be guessed.
    String id() {
        return word('i');
    }

    /// A name for one life of a sandbox.
    String uid() {
        return word('u');
    }

    /// An id of a snapshot: `s` and 20 characters that cannot be guessed.
    String snapshot() {
        return word('s');
    }

    private synchronized String word(char first) {
        StringBuilder word = new StringBuilder().append(first);
        for (int i = 0; i < LENGTH; i++) {
            word.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return word.toString();
    }
}
