package io.sandgate.gateway.stream.event;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A place in one log: behind the entry of that number. It is written `<epoch>:<seq>`.
///
/// @param epoch one life of a log; another one after entries were lost: 1 to 64 letters, digits, `_` and `-`
/// @param seq the number of the last entry before the place; 0 before the first
public record Cursor(String epoch, long seq) implements Comparable<Cursor> {
    private static final Pattern FORM = Pattern.compile("([A-Za-z0-9_-]{1,64}):(0|[1-9][0-9]{0,18})");

    public Cursor {
        if (seq < 0) {
            throw new IllegalArgumentException("seq: " + seq + " (expected: 0 or more)");
        }
    }

    /// Reads a cursor; empty when it is none.
    public static Optional<Cursor> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Cursor(matcher.group(1), Long.parseLong(matcher.group(2))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// Another place in the same log.
    public Cursor at(long other) {
        return new Cursor(epoch, other);
    }

    /// Only cursors of one epoch have an order that means something.
    @Override
    public int compareTo(Cursor other) {
        int order = epoch.compareTo(other.epoch);
        return order != 0 ? order : Long.compare(seq, other.seq);
    }

    @Override
    public String toString() {
        return epoch + ":" + seq;
    }
}
