package io.sandgate.proxy.forward;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The name in a Host field: lower case, without port and trailing dot.
final class HostName {

    private static final int MAX_LENGTH = 253;
    private static final int MAX_PORT_DIGITS = 5;

    private HostName() {}

    /// The name that a Host field holds, an IPv6 literal with its brackets; null when the field is invalid.
    static @Nullable String of(String field) {
        int end = field.startsWith("[") ? field.indexOf(']') + 1 : field.indexOf(':');
        if (end < 0) {
            end = field.length();
        }
        if (end == 0 || !isPort(field, end)) {
            return null;
        }
        if (field.charAt(0) == '[') {
            return isV6(field, end) ? lower(field.substring(0, end)) : null;
        }
        if (field.charAt(end - 1) == '.') {
            end--;
        }
        return isName(field, end) ? lower(field.substring(0, end)) : null;
    }

    /// Whether a name is an IPv4 or IPv6 literal.
    static boolean isLiteral(String name) {
        if (name.charAt(0) == '[') {
            return true;
        }
        int dots = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '.') {
                dots++;
            } else if (c < '0' || c > '9') {
                return false;
            }
        }
        return dots == 3;
    }

    private static boolean isPort(String field, int start) {
        int length = field.length();
        if (start == length) {
            return true;
        }
        if (field.charAt(start) != ':' || length - start - 1 > MAX_PORT_DIGITS) {
            return false;
        }
        for (int i = start + 1; i < length; i++) {
            if (field.charAt(i) < '0' || field.charAt(i) > '9') {
                return false;
            }
        }
        return start + 1 == length || Integer.parseInt(field, start + 1, length, 10) <= 65_535;
    }

    private static boolean isV6(String field, int end) {
        int colons = 0;
        for (int i = 1; i < end - 1; i++) {
            char c = field.charAt(i);
            if (c == ':') {
                colons++;
            } else if (Character.digit(c, 16) < 0 && c != '.') {
                return false;
            }
        }
        return colons >= 2;
    }

    private static boolean isName(String field, int end) {
        if (end == 0 || end > MAX_LENGTH || field.charAt(0) == '.') {
            return false;
        }
        for (int i = 0; i < end; i++) {
            char c = field.charAt(i);
            boolean known = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
                    || c == '_' || (c == '.' && field.charAt(i - 1) != '.');
            if (!known) {
                return false;
            }
        }
        return true;
    }

    private static String lower(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) >= 'A' && name.charAt(i) <= 'Z') {
                return name.toLowerCase(Locale.ROOT);
            }
        }
        return name;
    }
}
