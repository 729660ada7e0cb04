package io.sandgate.gateway.stream.webhook;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// Proof that a body comes from one who knows the webhook's secret, in the form that E2B's receivers check: SHA-256 of secret
/// and body, in base64 without padding.
final class WebhookSignature {

    private WebhookSignature() {}

    static String of(String secret, byte[] body) {
        MessageDigest digest = sha256();
        digest.update(secret.getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder().withoutPadding().encodeToString(digest.digest(body));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each Java platform has SHA-256", e);
        }
    }
}
