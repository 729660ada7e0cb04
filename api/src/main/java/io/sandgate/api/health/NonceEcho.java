package io.sandgate.api.health;

import io.sandgate.api.http.Answers;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Answers a probe with the nonce that it carries: proof that this listener reads requests and writes answers.
public final class NonceEcho {
    /// Where the probe is answered on the peer and the admin listener.
    public static final String PATH = "/probe";
    /// Where it is answered on the public listener. No call of the lifecycle API begins like that, and no path of a sandbox
    /// is looked at.
    public static final String PUBLIC_PATH = "/sandgate/probe";

    private static final Pattern NONCE = Pattern.compile("[0-9A-Za-z]{1,64}");

    private NonceEcho() {}

    /// Adds the call to a router.
    public static void mount(Router router) {
        router.get(PATH).handler(context -> {
            if (!answer(context.request())) {
                Answers.error(context, 400, "nonce: (expected: 1-64 letters and digits)");
            }
        });
    }

    /// Answers a request to the public listener, if it is a probe.
    ///
    /// @return false for any other request, which is left untouched
    public static boolean take(HttpServerRequest request) {
        return request.method().equals(HttpMethod.GET) && PUBLIC_PATH.equals(request.path()) && answer(request);
    }

    private static boolean answer(HttpServerRequest request) {
        @Nullable
        String nonce = nonce(request);
        if (nonce == null || !NONCE.matcher(nonce).matches()) {
            return false;
        }
        request.response().putHeader("content-type", "text/plain").putHeader("x-content-type-options", "nosniff")
                .end(nonce);
        return true;
    }

    private static @Nullable String nonce(HttpServerRequest request) {
        try {
            return request.getParam("nonce");
        } catch (IllegalArgumentException undecodable) {
            return null;
        }
    }
}
