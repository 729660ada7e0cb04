package io.sandgate.api.envd.files;

import io.sandgate.api.envd.wire.HttpFailure;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The query of a call on files; of a repeated parameter the first one counts. Its text form has no signature.
///
/// @param path as it was given
/// @param username as whom to do it
/// @param signature what stands in for an access token
/// @param expiration when the signature ends, in seconds since 1970
public record FileQuery(Optional<String> path, Optional<String> username, Optional<String> signature,
        Optional<Long> expiration) {

    /// Reads a query without its question mark.
    public static FileQuery parse(String query) {
        Map<String, String> values = new HashMap<>();
        for (String part : query.split("&", -1)) {
            int equals = part.indexOf('=');
            values.putIfAbsent(decode(equals < 0 ? part : part.substring(0, equals)),
                    equals < 0 ? "" : decode(part.substring(equals + 1)));
        }
        return new FileQuery(Optional.ofNullable(values.get("path")), Optional.ofNullable(values.get("username")),
                Optional.ofNullable(values.get("signature")),
                Optional.ofNullable(values.get("signature_expiration")).map(FileQuery::seconds));
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new HttpFailure(400, "the query cannot be decoded (expected: percent-encoded UTF-8)");
        }
    }

    private static long seconds(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new HttpFailure(400, "signature_expiration: " + text + " (expected: seconds since 1970)");
        }
    }

    @Override
    public String toString() {
        return "FileQuery[path=" + path + ", username=" + username + "]";
    }
}
