package io.sandgate.proxy.route;

import java.util.regex.Pattern;

/// What holds for requests to a sandbox; immutable.
///
/// @param requireToken whether requests need the sandbox's traffic token
/// @param hostMask the Host that the sandbox sees in place of the client's, with `${PORT}` for the port that is asked for; empty
///        when it sees the client's
/// @param wakes whether a request for the sandbox while it is paused lets it run again
public record TrafficRules(boolean requireToken, String hostMask, boolean wakes) {
    /// Anybody may ask, and Host passes.
    public static final TrafficRules OPEN = new TrafficRules(false, "", false);
    /// Only who has the token may ask, and Host passes.
    public static final TrafficRules TOKEN = new TrafficRules(true, "", false);

    /// What a mask has for the port.
    private static final String PORT = "${PORT}";
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._\\[\\]:-]{1,255}");
    /// What a mask that is none should have been.
    public static final String EXPECTED_MASK = "a host, with a port or not; ${PORT} stands for the port that is asked for";

    /// The rules with these values, of which the common ones are there once.
    public static TrafficRules of(boolean requireToken, String hostMask, boolean wakes) {
        if (hostMask.isEmpty() && !wakes) {
            return requireToken ? TOKEN : OPEN;
        }
        return new TrafficRules(requireToken, hostMask.intern(), wakes);
    }

    /// Whether a text may be a mask: nothing in it could end the field or the line that it is put in.
    public static boolean isMask(String text) {
        return text.isEmpty() || HOST.matcher(text.replace(PORT, "65535")).matches();
    }

    /// The Host that a sandbox sees of a request to a port; empty for the client's.
    public String host(int port) {
        return hostMask.isEmpty() ? "" : hostMask.replace(PORT, Integer.toString(port));
    }
}
