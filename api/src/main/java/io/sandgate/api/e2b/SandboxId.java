package io.sandgate.api.e2b;

import java.util.regex.Pattern;

/// The ids of sandboxes as clients write them.
final class SandboxId {
    private static final Pattern VALID = Pattern.compile("[a-z0-9]{1,63}");

    private SandboxId() {}

    /// The id in `<id>` or in the older `<id>-<clientID>`; what cannot be an id is refused like one that leads nowhere.
    static String parse(String text) {
        int dash = text.indexOf('-');
        String id = dash < 0 ? text : text.substring(0, dash);
        if (!VALID.matcher(id).matches()) {
            throw ApiException.noSuchSandbox(text);
        }
        return id;
    }
}
