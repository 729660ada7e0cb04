package io.sandgate.proxy.forward;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;

/// The paths by which whoever runs a sandbox controls the runtime inside it. Nobody else may reach them. Pure.
final class ControlPaths {

    /// Where the runtime listens in every sandbox.
    static final int RUNTIME_PORT = 49_983;

    private static final Set<String> RESERVED = Set.of("init", "freeze", "unfreeze", "collapse", "fsfreeze", "fsthaw",
            "upgrade");

    private ControlPaths() {}

    /// Whether a request target leads to one of them, however it is written.
    static boolean isReserved(int port, String uri) {
        if (port != RUNTIME_PORT) {
            return false;
        }
        int query = uri.indexOf('?');
        int fragment = uri.indexOf('#');
        int end = query < 0 ? uri.length() : query;
        String path = decode(uri.substring(0, fragment < 0 ? end : Math.min(end, fragment)));
        Deque<String> segments = new ArrayDeque<>(4);
        for (String segment : path.split("[/\\\\]", -1)) {
            if (segment.equals("..")) {
                segments.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.addLast(segment);
            }
        }
        return segments.size() == 1 && RESERVED.contains(segments.getFirst().toLowerCase(Locale.ROOT));
    }

    /// Decodes until nothing is left to decode: what is written twice over may be read twice over.
    private static String decode(String path) {
        String decoded = path;
        for (int next = decoded.indexOf('%'); next >= 0; next = decoded.indexOf('%')) {
            String once = decodeOnce(decoded);
            if (once.equals(decoded)) {
                break;
            }
            decoded = once;
        }
        return decoded;
    }

    private static String decodeOnce(String path) {
        byte[] bytes = new byte[path.length()];
        int length = 0;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            int high = c == '%' && i + 2 < path.length() ? Character.digit(path.charAt(i + 1), 16) : -1;
            int low = high >= 0 ? Character.digit(path.charAt(i + 2), 16) : -1;
            if (low >= 0) {
                bytes[length++] = (byte) (high << 4 | low);
                i += 2;
            } else {
                bytes[length++] = (byte) c;
            }
        }
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }
}
