package io.sandgate.proxy.forward;

import io.sandgate.proxy.http1.FieldLines;
import io.sandgate.proxy.http1.FieldName;
import io.sandgate.proxy.http1.Kept;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Which header fields pass a gateway: not those that are about one hop only (RFC 9110, 7.6.1), and not those by which a
/// client could claim to be a proxy. What frames the body always passes, since the body does so as it came.
final class FieldRules {

    private FieldRules() {}

    /// The options of a list field, as they are written.
    static List<String> options(String list) {
        List<String> options = new ArrayList<>(2);
        int start = 0;
        for (int i = 0; i <= list.length(); i++) {
            if (i == list.length() || list.charAt(i) == ',') {
                String option = list.substring(start, i).strip();
                if (!option.isEmpty()) {
                    options.add(option);
                }
                start = i + 1;
            }
        }
        return options;
    }

    /// Whether one of these list fields has an option, in whatever case.
    static boolean has(List<String> lists, String option) {
        for (String list : lists) {
            for (String present : options(list)) {
                if (present.equalsIgnoreCase(option)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Whether a head's Connection has an option, which is given in lower case.
    static boolean isConnection(FieldLines fields, String option) {
        return fields.has(FieldName.CONNECTION) && (fields.isValue(FieldName.CONNECTION, option)
                || has(fields.values(FieldName.CONNECTION), option));
    }

    /// The lines of a request's head that go on to the sandbox.
    static Kept toSandbox(FieldLines fields) {
        Set<String> named = named(fields);
        return named.isEmpty()
                ? FieldRules::passesToSandbox
                : (lines, line) -> passesToSandbox(lines, line) && isNotNamed(lines, line, named);
    }

    /// The lines of an answer's head, or of its trailers, that go on to the client.
    ///
    /// @param head the answer's head
    static Kept toClient(FieldLines head) {
        Set<String> named = named(head);
        return named.isEmpty()
                ? FieldRules::passesToClient
                : (lines, line) -> passesToClient(lines, line) && isNotNamed(lines, line, named);
    }

    /// Whether all lines of an answer's head go on to the client.
    static boolean passesWhole(FieldLines fields) {
        return !fields.has(FieldName.CONNECTION) && !fields.has(FieldName.KEEP_ALIVE) && !fields.has(FieldName.PROXY)
                && !fields.has(FieldName.UPGRADE) && !fields.has(FieldName.TE)
                && !fields.has(FieldName.HTTP2_SETTINGS);
    }

    /// Whether all lines of a request's head go on to the sandbox.
    static boolean passesWholeToSandbox(FieldLines fields) {
        return passesWhole(fields) && !fields.has(FieldName.TRAILER) && !fields.has(FieldName.FORWARDED)
                && !fields.has(FieldName.REAL_IP) && !fields.has(FieldName.X_FORWARDED);
    }

    private static boolean passesToSandbox(FieldLines fields, int line) {
        return switch (fields.name(line)) {
            case TRAILER, FORWARDED, REAL_IP, X_FORWARDED -> false;
            default -> passesToClient(fields, line);
        };
    }

    private static boolean passesToClient(FieldLines fields, int line) {
        return switch (fields.name(line)) {
            case CONNECTION, KEEP_ALIVE, TE, UPGRADE, HTTP2_SETTINGS, PROXY -> false;
            default -> true;
        };
    }

    /// The names that Connection declares to be about this hop, in lower case, without those that say no more than that.
    private static Set<String> named(FieldLines fields) {
        int lines = fields.count(FieldName.CONNECTION);
        if (lines == 0 || (lines == 1 && (fields.isValue(FieldName.CONNECTION, "keep-alive")
                || fields.isValue(FieldName.CONNECTION, "close") || fields.isValue(FieldName.CONNECTION, "upgrade")))) {
            return Set.of();
        }
        Set<String> names = HashSet.newHashSet(4);
        for (String list : fields.values(FieldName.CONNECTION)) {
            for (String option : options(list)) {
                names.add(option.toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    private static boolean isNotNamed(FieldLines fields, int line, Set<String> named) {
        return switch (fields.name(line)) {
            case HOST, CONTENT_LENGTH, TRANSFER_ENCODING -> true;
            default -> !named.contains(fields.lowerName(line));
        };
    }
}
