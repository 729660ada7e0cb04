package io.sandgate.membership;

import java.util.regex.Pattern;

/// A host and a TCP port, written `host:port`; an IPv6 host is written in brackets.
///
/// @param host a host name or an IP literal, without brackets: at most 255 letters, digits and `. _ - : %`
/// @param port 1 to 65535
public record Endpoint(String host, int port) {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%-]{1,255}");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

    public Endpoint {
        if (host.isBlank()) {
            throw new IllegalArgumentException("host: (blank) (expected: a host name or an IP address)");
        }
        if (!HOST.matcher(host).matches()) {
            throw new IllegalArgumentException(
                    "host: " + Printable.of(host) + " (expected: a host name or an IP address)");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1-65535)");
        }
    }

    /// Reads `host:port` or `[v6]:port`.
    ///
    /// @throws IllegalArgumentException when the text is of another form; the message says which part
    public static Endpoint parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("address: " + Printable.of(text) + " (expected: host:port)");
        }
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (bracketed) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException(
                    "address: " + Printable.of(text) + " (expected: an IPv6 host in brackets)");
        }
        String port = text.substring(colon + 1);
        if (!PORT.matcher(port).matches()) {
            throw new IllegalArgumentException("port: " + Printable.of(port) + " (expected: 1-65535)");
        }
        return new Endpoint(host, Integer.parseInt(port));
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
