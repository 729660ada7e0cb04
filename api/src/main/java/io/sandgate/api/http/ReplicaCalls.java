package io.sandgate.api.http;

import io.sandgate.proxy.replicate.HttpPeers;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/// Calls that only replicas make: a POST with a body, and with the header in which a replica says who it is.
public final class ReplicaCalls {

    /// Answers such a call.
    @FunctionalInterface
    public interface Answering {
        /// Answers one.
        ///
        /// @param sender who calls, as it says
        void answer(RoutingContext context, String sender, Buffer body);
    }

    private ReplicaCalls() {}

    /// Adds a call to a router, which refuses with 403 what has no sender, with 405 other methods, and with 413 longer bodies.
    public static void mount(Router router, String path, int maxBody, Answering answering) {
        router.post(path).handler(context -> take(context, maxBody, answering));
        router.route(path).handler(context -> Answers.methodNotAllowed(context, "POST"));
    }

    /// A page in a browser cannot send the header to another site without asking first.
    private static void take(RoutingContext context, int maxBody, Answering answering) {
        String sender = context.request().getHeader(HttpPeers.SENDER);
        if (sender == null) {
            Answers.error(context, 403, "this call is for replicas, which send " + HttpPeers.SENDER);
        } else {
            Answers.withBody(context, maxBody, body -> answering.answer(context, sender, body));
        }
    }
}
