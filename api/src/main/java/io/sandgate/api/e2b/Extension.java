package io.sandgate.api.e2b;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Predicate;

/// A call of the public listener beside those of E2B's API. It is counted, and its caller let in, as they are.
///
/// @param method its method
/// @param path the template of its path
/// @param hasOwnPass whether a request shows something other than a key, which the call looks at by itself
/// @param call answers it
public record Extension(HttpMethod method, String path, Predicate<RoutingContext> hasOwnPass, Call call) {

    /// Answers requests itself, on their event loop.
    @FunctionalInterface
    public interface Call {

        /// Answers a request.
        ///
        /// @param team whose things the caller may see; empty for one that has its own pass
        /// @param keyId of a key that was made through the API; empty for one from the settings
        void handle(RoutingContext context, String team, String keyId);
    }

    /// One that needs a key.
    public static Extension withKey(HttpMethod method, String path, Call call) {
        return new Extension(method, path, context -> false, call);
    }
}
