package io.sandgate.api.e2b;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.Function;

/// A call of the public listener beside those of E2B's API. It is counted, and its caller let in, as they are.
///
/// @param method its method
/// @param path the template of its path
/// @param pass who calls, where a request says so otherwise than with a key; empty where it must have a key
/// @param call answers it
public record Extension(HttpMethod method, String path, Function<HttpServerRequest, Optional<Team>> pass, Call call) {

    /// Whoever calls.
    ///
    /// @param name of the team whose things it may see
    /// @param keyId of the key that was made through the API; empty for one from the settings
    public record Team(String name, String keyId) {}

    /// Answers requests itself, on their event loop.
    @FunctionalInterface
    public interface Call {
        void handle(RoutingContext context, Team caller);
    }

    /// One that needs a key.
    public static Extension withKey(HttpMethod method, String path, Call call) {
        return new Extension(method, path, request -> Optional.empty(), call);
    }
}
