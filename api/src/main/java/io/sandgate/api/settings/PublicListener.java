package io.sandgate.api.settings;

import java.util.List;
import java.util.regex.Pattern;

/// The listener for the lifecycle API and the data plane.
///
/// @param host what it binds
/// @param port 0 takes any free port
/// @param domain the domain that `<port>-<sandbox id>` is put in front of
/// @param maxBody the largest body of a lifecycle call, in bytes
public record PublicListener(String host, int port, String domain, int maxBody) {

    static final Setting<String> HOST = Setting.of("public.host", Type.host(), "127.0.0.1",
            "Address that the public listener binds; beyond loopback it needs `sandgate.api.keys`.");
    static final Setting<Integer> PORT = Setting.of("public.port", Type.port(), "8080",
            "Port of the public listener.");
    static final Setting<String> DOMAIN = Setting.of("public.domain",
            Type.text("a domain in lower case", Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?"
                    + "(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")),
            "localhost", "Domain of the sandboxes: they answer at `<port>-<sandbox id>.<domain>`.");
    static final Setting<Integer> MAX_BODY = Setting.of("public.max-body", Type.size("1KiB", "64MiB"), "1MiB",
            "Largest body of a lifecycle call; traffic to sandboxes has no such limit.");
    static final List<Setting<?>> ALL = List.of(HOST, PORT, DOMAIN, MAX_BODY);

    static PublicListener from(Values values) {
        return new PublicListener(values.get(HOST), values.get(PORT), values.get(DOMAIN), values.get(MAX_BODY));
    }
}
