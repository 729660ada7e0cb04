package io.sandgate.gateway.connection;

import java.util.regex.Pattern;

/// The alphabets of what callers name.
public final class Names {
    /// What a client id that is none should have been.
    public static final String EXPECTED_CLIENT = "1-128 letters, digits, '_', '.', ':', '@', '~' or '-', and not '.' or '..'";
    /// What a room that is none should have been.
    public static final String EXPECTED_ROOM = "1-64 letters, digits, '_', '.' or '-', and not '.' or '..'";

    private static final Pattern CLIENT = Pattern.compile("[A-Za-z0-9_.:@~-]{1,128}");
    private static final Pattern ROOM = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private Names() {}

    /// Whether a text may be the id of a client.
    public static boolean isClient(String text) {
        return CLIENT.matcher(text).matches() && !isStep(text);
    }

    /// Whether a text may be the name of a room.
    public static boolean isRoom(String text) {
        return ROOM.matcher(text).matches() && !isStep(text);
    }

    /// In a path these name another call.
    private static boolean isStep(String text) {
        return text.equals(".") || text.equals("..");
    }
}
