package io.sandgate.api.peer;

import io.sandgate.api.http.Answers;
import io.vertx.ext.web.Router;
import java.util.Objects;

/// Answers a probe with the nonce that it carries: proof that this listener reads requests and writes answers.
public final class ProbeApi {
    /// Where the probe is answered.
    public static final String PATH = "/probe";
    private static final int MAX_NONCE = 64;

    private ProbeApi() {}

    /// Adds the call to a router.
    public static void mount(Router router) {
        router.get(PATH).handler(context -> {
            String nonce = Objects.requireNonNullElse(context.queryParams().get("nonce"), "");
            if (nonce.isEmpty() || nonce.length() > MAX_NONCE) {
                Answers.error(context, 400, "nonce: (expected: 1-" + MAX_NONCE + " characters)");
            } else {
                context.response().putHeader("content-type", "text/plain").end(nonce);
            }
        });
    }
}
