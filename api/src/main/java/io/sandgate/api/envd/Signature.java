package io.sandgate.api.envd;

import io.sandgate.api.envd.files.FileQuery;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// What shows, in the address of a file, that its maker had the sandbox' access token. It holds for one path, one user,
/// and for reading or writing.
final class Signature {

    private Signature() {}

    /// The one that a query must have.
    ///
    /// @param operation `read` or `write`
    static String of(FileQuery query, String operation, String accessToken) {
        String text = query.path().orElse("") + ":" + operation + ":" + query.username().orElse("") + ":" + accessToken
                + query.expiration().map(seconds -> ":" + seconds).orElse("");
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "v1_" + Base64.getEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no SHA-256", e);
        }
    }
}
