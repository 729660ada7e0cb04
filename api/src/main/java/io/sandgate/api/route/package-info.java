/// The route API: reading the routes that a replica knows, and feeding routes of one's own.
///
/// Starting points:
/// - [io.sandgate.api.route.RouteApi] mounts the calls on a router
/// - [io.sandgate.api.route.RouteFeed] makes this replica the authority of a route that a user puts
@NullMarked
package io.sandgate.api.route;

import org.jspecify.annotations.NullMarked;
