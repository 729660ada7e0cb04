package io.sandgate.proxy.forward;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Which header fields pass a gateway: not those that are about one hop only (RFC 9110, 7.6.1), and not those by which a
/// client could claim to be a proxy.
final class FieldRules {

    private static final Set<String> HOP_BY_HOP = Set.of("connection", "keep-alive", "te", "transfer-encoding",
            "upgrade",
            "http2-settings");

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

    /// The names that Connection fields declare to be about this hop, in lower case.
    static Set<String> named(List<String> connection) {
        Set<String> names = HashSet.newHashSet(4);
        for (String list : connection) {
            for (String option : options(list)) {
                names.add(option.toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    /// Whether a request's field goes on to the sandbox.
    ///
    /// @param name in lower case
    /// @param named what the request's Connection fields name
    static boolean passesToSandbox(String name, Set<String> named) {
        return passes(name, named) && !name.equals("trailer") && !name.equals("forwarded") && !name.equals("x-real-ip")
                && !name.startsWith("x-forwarded-");
    }

    /// Whether an answer's field or trailer goes on to the client.
    ///
    /// @param name in lower case
    /// @param named what the answer's Connection fields name
    static boolean passesToClient(String name, Set<String> named) {
        return passes(name, named);
    }

    private static boolean passes(String name, Set<String> named) {
        return !HOP_BY_HOP.contains(name) && !name.startsWith("proxy-") && !named.contains(name);
    }
}
