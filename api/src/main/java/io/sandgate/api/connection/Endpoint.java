package io.sandgate.api.connection;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;

/// A call on the public listener.
///
/// @param path as the router takes it, with parameters after colons
/// @param access how a caller is known
/// @param call what it does; writes its own answer
public record Endpoint(HttpMethod method, String path, Access access, Call call) {

    /// How a caller is known.
    public enum Access {
        /// By an API key.
        KEY,
        /// By a ticket in the query, or else by an API key.
        TICKET_OR_KEY
    }

    /// Carries a call out, on the request's event loop.
    @FunctionalInterface
    public interface Call {

        /// Carries the call out for a caller who may make it.
        ///
        /// @param team on whose behalf
        /// @param keyId the id of its API key; empty for one from the settings
        void handle(RoutingContext context, String team, String keyId);
    }
}
