package io.sandgate.api.settings;

import java.util.List;
import java.util.Optional;

/// The listener for operators and their tools.
///
/// @param host what it binds
/// @param port 0 takes any free port
/// @param token what callers must show, when one is configured
public record AdminListener(String host, int port, Optional<Secret> token) {

    static final Setting<String> HOST = Setting.of("admin.host", Type.host(), "127.0.0.1",
            "Address that the admin listener binds; beyond loopback it needs `sandgate.admin.token`.");
    static final Setting<Integer> PORT = Setting.of("admin.port", Type.port(), "9090", "Port of the admin listener.");
    static final Setting<Secret> TOKEN = Setting.secret("admin.token", Type.secret(16),
            "Token that callers of the admin listener must show as `Authorization: Bearer <token>`.");
    static final List<Setting<?>> ALL = List.of(HOST, PORT, TOKEN);

    static AdminListener from(Values values) {
        return new AdminListener(values.get(HOST), values.get(PORT), values.find(TOKEN));
    }
}
