package io.sandgate.api.e2b;

import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.function.Function;

/// Finds out who calls, by the `X-API-Key` header. (`Authorization: Bearer` is another credential in E2B's API, which
/// older SDKs send beside the key.)
///
/// @param ownerOfKey the name that a key stands for
record Authenticator(Function<String, Optional<String>> ownerOfKey) {
    static final String HEADER = "X-API-Key";

    String owner(HttpServerRequest request) {
        String key = request.getHeader(HEADER);
        if (key == null || key.isBlank()) {
            throw ApiException.of(401, "There is no API key. Send one in the " + HEADER
                    + " header; E2B's SDKs take it from E2B_API_KEY");
        }
        return ownerOfKey.apply(key.strip()).orElseThrow(() -> ApiException.of(401,
                "The API key is not valid. Send one of those in sandgate.api.keys (SANDGATE_API_KEYS) of this replica or, where "
                        + "that is not set, the one in the file api-key of its data directory"));
    }
}
