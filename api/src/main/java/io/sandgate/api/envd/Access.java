package io.sandgate.api.envd;

import io.sandgate.api.envd.files.FileQuery;
import io.sandgate.api.envd.wire.HttpCall;
import io.sandgate.api.envd.wire.HttpFailure;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Optional;

/// Who may call a sandbox: everybody, or those who show its access token. What they show is compared in a time that does
/// not depend on it.
///
/// @param clock says which signatures have expired
record Access(InstantSource clock) {

    private static final String FIELD = "x-access-token";

    /// Refuses a call without the token.
    void requireToken(HttpCall call, Optional<String> token) {
        if (token.isPresent() && !same(token.get(), call.header(FIELD).orElse(""))) {
            throw new HttpFailure(401,
                    "unauthorized access, please provide a valid access token or method signing if supported");
        }
    }

    /// Refuses a call on a file with neither the token nor a signature. A wrong token is not made good by a signature.
    void requireTokenOrSignature(HttpCall call, Optional<String> token, FileQuery query) {
        if (token.isEmpty()) {
            return;
        }
        String shown = call.header(FIELD).orElse("");
        if (!shown.isEmpty()) {
            if (!same(token.get(), shown)) {
                throw new HttpFailure(401, "access token present in header but does not match");
            }
            return;
        }
        String signature = query.signature()
                .orElseThrow(() -> new HttpFailure(401, "missing signature query parameter"));
        String operation = call.method().equals("POST") ? "write" : "read";
        if (!same(Signature.of(query, operation, token.get()), signature)) {
            throw new HttpFailure(401, "invalid signature");
        }
        if (query.expiration().filter(end -> end < clock.instant().getEpochSecond()).isPresent()) {
            throw new HttpFailure(401, "signature is already expired");
        }
    }

    private static boolean same(String expected, String shown) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8));
    }
}
