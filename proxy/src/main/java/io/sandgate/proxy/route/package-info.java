/// The route table: which sandbox is where, at which version, and what happens to a change that arrives late.
/// Everything here is pure: time is passed in, nothing blocks, and lookups take no lock.
///
/// Starting points:
/// - [io.sandgate.proxy.route.RouteTable] holds the routes and decides what applies
/// - [io.sandgate.proxy.route.Route] is one route, and [io.sandgate.proxy.route.RouteJson] its form on the wire
/// - [io.sandgate.proxy.route.RouteVersion] orders the changes of one route
@NullMarked
package io.sandgate.proxy.route;

import org.jspecify.annotations.NullMarked;
