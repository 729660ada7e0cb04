package io.sandgate.api.e2b;

import io.vertx.core.http.HttpServerRequest;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// The id that follows a request through logs and replicas: the client's, if it brings a usable one.
///
/// @param fresh makes a new one
record RequestIds(Supplier<String> fresh) {
    static final String HEADER = "X-Request-ID";

    private static final Pattern USABLE = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    String of(HttpServerRequest request) {
        String brought = request.getHeader(HEADER);
        return brought != null && USABLE.matcher(brought).matches() ? brought : fresh.get();
    }
}
