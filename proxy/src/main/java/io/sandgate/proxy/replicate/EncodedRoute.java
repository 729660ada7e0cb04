package io.sandgate.proxy.replicate;

import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteJson;
import io.vertx.core.buffer.Buffer;

/// A route change with its JSON, which is written once however many peers it goes to.
///
/// @param route the change
/// @param json its JSON on one line, without a line end; not to be modified
public record EncodedRoute(Route route, Buffer json) {

    static EncodedRoute of(Route route) {
        return new EncodedRoute(route, Buffer.buffer(RouteJson.write(route)));
    }

    /// What fits a log line: the JSON may hold secrets.
    @Override
    public String toString() {
        return route.toString();
    }
}
