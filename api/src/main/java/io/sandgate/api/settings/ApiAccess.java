package io.sandgate.api.settings;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Who may call the lifecycle API.
///
/// @param keys the configured keys; empty when the replica makes one by itself
public record ApiAccess(List<ApiKey> keys) {

    static final Setting<List<ApiKey>> KEYS = new Setting<>("api.keys",
            Type.list(ApiKey.FORM + "[,...], with no name or key twice", ApiKey::parse), null,
            "none: one key is made, kept in the data directory and printed",
            "Keys of the lifecycle API; the name of a key owns what is made with it.", true);
    static final List<Setting<?>> ALL = List.of(KEYS);

    static ApiAccess from(Values values) {
        List<ApiKey> keys = values.find(KEYS).orElse(List.of());
        Set<String> names = new HashSet<>();
        Set<Secret> secrets = new HashSet<>();
        for (ApiKey key : keys) {
            if (!names.add(key.name()) || !secrets.add(key.key())) {
                throw values.refused(KEYS, KEYS.type().allowed());
            }
        }
        return new ApiAccess(keys);
    }
}
