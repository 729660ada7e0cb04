package io.sandgate.sandbox;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The tokens of secured sandboxes, made from a seed that all replicas share: so that each can make and check them without
/// asking where the sandbox lives. Immutable.
///
/// A token is HMAC-SHA256 of the sandbox' id, and of what it is for, under the seed; as E2B derives its own. There is no way
/// to change one token alone: the seed is changed, or the sandbox.
public final class SandboxTokens {

    private static final String ALGORITHM = "HmacSHA256";
    private static final String TRAFFIC = "sandbox-traffic-";
    private static final int LEAST_SEED = 16;

    private final SecretKeySpec seed;

    private SandboxTokens(SecretKeySpec seed) {
        this.seed = seed;
    }

    /// The tokens of a seed.
    ///
    /// @param seed at least 16 characters that nobody can guess
    public static SandboxTokens of(String seed) {
        if (seed.length() < LEAST_SEED) {
            throw new IllegalArgumentException(
                    "token seed: " + seed.length() + " characters (expected: at least " + LEAST_SEED + ")");
        }
        return new SandboxTokens(new SecretKeySpec(seed.getBytes(StandardCharsets.UTF_8), ALGORITHM));
    }

    /// What callers of a sandbox' runtime must show; nothing when nobody must.
    public Optional<String> access(Sandbox sandbox) {
        return sandbox.network().secured() ? Optional.of(token(sandbox.id())) : Optional.empty();
    }

    /// What requests to a sandbox' ports must carry; nothing when none must.
    public Optional<String> traffic(Sandbox sandbox) {
        return sandbox.network().publicTraffic() ? Optional.empty() : Optional.of(traffic(sandbox.id()));
    }

    /// Whether a token lets requests through to a sandbox' ports. Takes as long for any token.
    public boolean isTraffic(String id, String token) {
        return MessageDigest.isEqual(traffic(id).getBytes(StandardCharsets.US_ASCII),
                token.getBytes(StandardCharsets.UTF_8));
    }

    private String traffic(String id) {
        return token(TRAFFIC + id);
    }

    private String token(String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(seed);
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + " is part of every Java runtime", e);
        }
    }

    @Override
    public String toString() {
        return "SandboxTokens";
    }
}
