package io.sandgate.api.settings;

import java.util.ArrayList;
import java.util.List;

/// A command line split into words as a shell would, without any expansion.
final class Words {

    private static final char NONE = 0;

    private final List<String> done = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean inWord;
    private char quote = NONE;

    private Words() {}

    /// The words of the text; blanks part them, quotes and backslashes keep them together.
    ///
    /// @throws IllegalArgumentException when a quote is not closed or a backslash is the last character
    static List<String> split(String text) {
        Words words = new Words();
        boolean escaped = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (escaped) {
                words.append(c);
                escaped = false;
            } else if (c == '\\' && words.quote != '\'') {
                escaped = true;
                words.inWord = true;
            } else {
                words.accept(c);
            }
        }
        if (escaped || words.quote != NONE) {
            throw new IllegalArgumentException(escaped ? "a backslash at the end" : "a quote that is not closed");
        }
        words.end();
        return List.copyOf(words.done);
    }

    private void accept(char c) {
        if (quote != NONE) {
            if (c == quote) {
                quote = NONE;
            } else {
                append(c);
            }
        } else if (c == '\'' || c == '"') {
            quote = c;
            inWord = true;
        } else if (Character.isWhitespace(c)) {
            end();
        } else {
            append(c);
        }
    }

    private void append(char c) {
        word.append(c);
        inWord = true;
    }

    private void end() {
        if (inWord) {
            done.add(word.toString());
            word.setLength(0);
            inWord = false;
        }
    }
}
