package io.sandgate.api.cli;

import java.net.URI;

/// Addresses as users give them.
final class Addresses {

    private Addresses() {}

    /// The address of a listener; `http://` may be left out.
    static URI http(String text, String option) {
        try {
            URI uri = URI.create(text.contains("://") ? text : "http://" + text);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Refused below, like every other form that is no address.
        }
        throw new CliException(ExitCode.USAGE, option + ": " + text + " (expected: http://host:port)");
    }
}
