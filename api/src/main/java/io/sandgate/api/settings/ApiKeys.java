package io.sandgate.api.settings;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The keys that the lifecycle API accepts, kept as hashes; safe for any thread.
///
/// Every presented key is hashed and compared with every hash in full, so that the time of an answer says nothing
/// about how much of a key was right.
public final class ApiKeys {

    private final Map<String, byte[]> hashes;

    private ApiKeys(Map<String, byte[]> hashes) {
        this.hashes = hashes;
    }

    public static ApiKeys of(List<ApiKey> keys) {
        return new ApiKeys(keys.stream().collect(Collectors.toMap(ApiKey::name, key -> hash(key.key().value()))));
    }

    /// The name of the key that was presented, when it is one of these.
    public Optional<String> ownerOf(String presentedKey) {
        byte[] presented = hash(presentedKey);
        Optional<String> owner = Optional.empty();
        for (Map.Entry<String, byte[]> known : hashes.entrySet()) {
            if (MessageDigest.isEqual(known.getValue(), presented)) {
                owner = Optional.of(known.getKey());
            }
        }
        return owner;
    }

    /// Whether one of these has that name.
    public boolean isOwner(String name) {
        return hashes.containsKey(name);
    }

    private static byte[] hash(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
        }
    }

    @Override
    public String toString() {
        return "ApiKeys" + hashes.keySet();
    }
}
