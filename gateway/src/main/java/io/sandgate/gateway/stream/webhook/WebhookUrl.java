package io.sandgate.gateway.stream.webhook;

import io.vertx.core.net.HostAndPort;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/// Which URLs a webhook may have, as far as that can be said without asking for the address of a name.
public final class WebhookUrl {
    /// Longest URL, in characters.
    public static final int MAX_LENGTH = 2048;

    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;

    private WebhookUrl() {}

    /// Reads a URL.
    ///
    /// @throws IllegalArgumentException when it is none that a webhook may have; the message does not show it
    public static URI parse(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            throw refused(text.length() + " characters (expected: 1-" + MAX_LENGTH + ")");
        }
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            throw refused("not a URL (expected: https://host[:port]/path)");
        }
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (url.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
            throw refused("not a web address with a host (expected: https://host[:port]/path)");
        }
        if (scheme.equals("http") && !isLoopback(host(url))) {
            throw refused("http to another machine (expected: https; http for localhost only)");
        }
        if (url.getRawUserInfo() != null || url.getRawFragment() != null) {
            throw refused("a user or a fragment in it (expected: none)");
        }
        if (url.getPort() == 0 || url.getPort() > 0xffff) {
            throw refused("port " + url.getPort() + " (expected: 1-65535)");
        }
        return url;
    }

    /// The host as resolvers know it: an IPv6 literal without its brackets.
    public static String host(URI url) {
        String host = url.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /// The port, also where the URL leaves it out.
    public static int port(URI url) {
        return url.getPort() > 0 ? url.getPort() : isTls(url) ? HTTPS_PORT : HTTP_PORT;
    }

    /// Host and port as requests name them: an IPv6 literal in its brackets.
    public static HostAndPort authority(URI url) {
        return HostAndPort.create(url.getHost(), port(url));
    }

    /// Whether it is spoken to over TLS.
    public static boolean isTls(URI url) {
        return "https".equalsIgnoreCase(url.getScheme());
    }

    private static boolean isLoopback(String host) {
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static IllegalArgumentException refused(String what) {
        return new IllegalArgumentException("url: " + what);
    }
}
