package io.sandgate.membership;

/// Text from outside in a form that is safe in a message or a log line: one line, bounded, printable ASCII.
final class Printable {
    private static final int LONGEST = 80;

    private Printable() {}

    static String of(String text) {
        String shortened = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
        return shortened.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
