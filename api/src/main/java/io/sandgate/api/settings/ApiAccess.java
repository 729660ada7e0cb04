package io.sandgate.api.settings;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Who may call the lifecycle API.
///
/// @param keys the configured keys; empty when the replica makes one by itself
/// @param maxKeys how many keys there may be beside them
/// @param rateLimit calls of one key in a second; 0 for any number
/// @param authFailures keys that are not valid, of one address in a second; 0 for any number
public record ApiAccess(List<ApiKey> keys, int maxKeys, int rateLimit, int authFailures) {

    static final Setting<List<ApiKey>> KEYS = new Setting<>("api.keys",
            Type.list(ApiKey.FORM + "[,...], with no name or key twice", ApiKey::parse), null,
            "none: one key is made, kept in the data directory and printed",
            "Keys of the lifecycle API; the name of a key owns what is made with it.", true);
    static final Setting<Integer> MAX_KEYS = Setting.of("api.max-keys", Type.integer(1, 1_000_000), "10000",
            "How many keys made through the API there may be, those revoked in the last 30 days among them; the same on"
                    + " all replicas.");
    static final Setting<Integer> RATE_LIMIT = Setting.of("api.rate-limit", Type.integer(0, 1_000_000), "100",
            "Calls of one key to one replica in a second, with bursts of twice that; 0 for any number. A key may have a"
                    + " rate of its own.");
    static final Setting<Integer> AUTH_FAILURES = Setting.of("api.auth-failures", Type.integer(0, 1_000_000), "10",
            "Keys that are not valid, from one address in a second, before further ones are refused unseen; 0 for any"
                    + " number.");
    static final List<Setting<?>> ALL = List.of(KEYS, MAX_KEYS, RATE_LIMIT, AUTH_FAILURES);

    static ApiAccess from(Values values) {
        List<ApiKey> keys = values.find(KEYS).orElse(List.of());
        Set<String> names = new HashSet<>();
        Set<Secret> secrets = new HashSet<>();
        for (ApiKey key : keys) {
            if (!names.add(key.name()) || !secrets.add(key.key())) {
                throw values.refused(KEYS, KEYS.type().allowed());
            }
        }
        return new ApiAccess(keys, values.get(MAX_KEYS), values.get(RATE_LIMIT), values.get(AUTH_FAILURES));
    }
}
