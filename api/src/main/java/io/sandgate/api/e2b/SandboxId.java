package io.sandgate.api.e2b;

import java.util.Optional;
import java.util.regex.Pattern;

/// The ids of sandboxes as clients write them.
final class SandboxId {
    private static final Pattern VALID = Pattern.compile("[a-z0-9]{1,63}");

    private SandboxId() {}

    /// The id in `<id>` or in the older `<id>-<clientID>`; what cannot be an id is refused like one that leads nowhere.
    static String parse(String text) {
        return read(text).orElseThrow(() -> ApiException.noSuchSandbox(text));
    }

    /// The same; nothing for what cannot be an id.
    static Optional<String> read(String text) {
        String id = withoutClient(text);
        return VALID.matcher(id).matches() ? Optional.of(id) : Optional.empty();
    }

    /// What can be the id in a text.
    static String withoutClient(String text) {
        int dash = text.indexOf('-');
        return dash < 0 ? text : text.substring(0, dash);
    }
}
