package io.sandgate.proxy.forward;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The three ways to address a sandbox under one domain, in their order: by Host, by routing fields, by path.
///
/// Pure. Routing fields count only on hosts that are nobody's in particular, so that a page which one sandbox serves
/// under a host of its own cannot address another.
final class Addressing {

    /// The field that names the sandbox.
    static final String ID_FIELD = "E2b-Sandbox-Id";
    /// The field that names the port.
    static final String PORT_FIELD = "E2b-Sandbox-Port";

    private static final String PATH_PREFIX = "/sandbox/";
    private static final int MAX_ID = 63;

    private final String domain;
    private final String suffix;
    private final String shared;

    /// @param domain what the sandboxes' hosts end with, in lower case
    Addressing(String domain) {
        this.domain = domain;
        this.suffix = "." + domain;
        this.shared = "sandbox." + domain;
    }

    /// What a request is addressed to.
    ///
    /// @param uri the request target as it was received
    /// @param host the Host field
    /// @param idField the value of `E2b-Sandbox-Id`, or null
    /// @param portField the value of `E2b-Sandbox-Port`, or null
    Target target(String method, String uri, String host, @Nullable String idField, @Nullable String portField) {
        String name = HostName.of(host);
        if (name == null) {
            return Target.Malformed
                    .of("Host: " + host + " (expected: a name or an IP address, with or without a port)");
        }
        String path = originForm(method, uri, host);
        if (path == null) {
            return Target.Malformed.of("request target: " + uri
                    + " (expected: a path in printable ASCII, or a URL whose authority is the Host)");
        }
        if (name.endsWith(suffix)) {
            int label = name.length() - suffix.length();
            int dash = name.indexOf('-');
            if (dash >= 0 && dash < label && name.lastIndexOf('.', label - 1) < 0) {
                return byHost(name, dash, label, path);
            }
        }
        if ((idField != null || portField != null) && isShared(name)) {
            return byFields(idField, portField, path);
        }
        return path.startsWith(PATH_PREFIX) ? byPath(path) : Target.Lifecycle.INSTANCE;
    }

    private boolean isShared(String name) {
        return name.equals("localhost") || name.equals(shared) || HostName.isLiteral(name);
    }

    /// `<port>-<id>`, and for the sake of old clients `<port>-<id>-<anything>`.
    private Target byHost(String name, int dash, int label, String path) {
        int port = port(name, 0, dash);
        int next = name.indexOf('-', dash + 1);
        int end = next < 0 || next > label ? label : next;
        if (port < 0 || !isId(name, dash + 1, end)) {
            return Target.Malformed.of("Host: " + name + " (expected: <port>-<sandboxId>." + domain
                    + " with a port of 1-65535 and an id of at most 63 characters a-z and 0-9)");
        }
        return new Target.Sandbox(Target.Form.HOST, name.substring(dash + 1, end), port, path, "");
    }

    private static Target byFields(@Nullable String id, @Nullable String portText, String path) {
        if (id == null) {
            return Target.Malformed.of("missing header " + ID_FIELD + " (expected beside " + PORT_FIELD + ")");
        }
        if (portText == null) {
            return Target.Malformed.of("missing header " + PORT_FIELD + " (expected beside " + ID_FIELD + ")");
        }
        int port = port(portText, 0, portText.length());
        return well(Target.Form.FIELDS, id, port, portText, path, "");
    }

    /// `/sandbox/<id>/<port>` and what follows it.
    private static Target byPath(String path) {
        int query = path.indexOf('?');
        int pathEnd = query < 0 ? path.length() : query;
        int idEnd = path.indexOf('/', PATH_PREFIX.length());
        if (idEnd < 0 || idEnd > pathEnd) {
            return Target.Malformed.of("path: " + path + " (expected: /sandbox/<sandboxId>/<port>/…)");
        }
        int slash = path.indexOf('/', idEnd + 1);
        int portEnd = slash < 0 || slash > pathEnd ? pathEnd : slash;
        String rest = path.substring(portEnd);
        return well(Target.Form.PATH, path.substring(PATH_PREFIX.length(), idEnd), port(path, idEnd + 1, portEnd),
                path.substring(idEnd + 1, portEnd), rest.startsWith("/") ? rest : "/" + rest,
                path.substring(0, portEnd));
    }

    private static Target well(Target.Form form, String id, int port, String portText, String uri, String prefix) {
        if (!isId(id, 0, id.length())) {
            return Target.Malformed.of("sandbox id: " + id + " (expected: at most 63 characters a-z and 0-9)");
        }
        if (port < 0) {
            return Target.Malformed.of("sandbox port: " + portText + " (expected: 1-65535, in digits)");
        }
        return new Target.Sandbox(form, id, port, uri, prefix);
    }

    /// The port in canonical digits, or -1.
    private static int port(String text, int start, int end) {
        if (start == end || end - start > 5 || text.charAt(start) == '0') {
            return -1;
        }
        for (int i = start; i < end; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return -1;
            }
        }
        int port = Integer.parseInt(text, start, end, 10);
        return port <= 65_535 ? port : -1;
    }

    private static boolean isId(String text, int start, int end) {
        if (start >= end || end - start > MAX_ID) {
            return false;
        }
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) {
                return false;
            }
        }
        return true;
    }

    /// The path and query of a request target, or null when there is none.
    private static @Nullable String originForm(String method, String uri, String host) {
        for (int i = 0; i < uri.length(); i++) {
            if (uri.charAt(i) <= ' ' || uri.charAt(i) > '~') {
                return null;
            }
        }
        if (uri.startsWith("/")) {
            return uri;
        }
        if (uri.equals("*")) {
            return method.equals("OPTIONS") ? uri : null;
        }
        int authority = uri.indexOf("://") + 3;
        String scheme = authority < 3 ? "" : uri.substring(0, authority - 3).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return null;
        }
        int end = authority;
        while (end < uri.length() && uri.charAt(end) != '/' && uri.charAt(end) != '?') {
            end++;
        }
        if (!uri.substring(authority, end).equalsIgnoreCase(host)) {
            return null;
        }
        String rest = uri.substring(end);
        return rest.startsWith("/") ? rest : "/" + rest;
    }
}
