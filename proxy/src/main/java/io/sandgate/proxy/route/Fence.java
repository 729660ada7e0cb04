package io.sandgate.proxy.route;

/// What remains of a deleted route: changes at or below its version are late and are ignored.
///
/// @param version the version of the deletion
/// @param authority who deleted it; empty for an external feed
/// @param deadline when the fence may go, in the table's nanoseconds; fixed when the fence was first set
record Fence(RouteVersion version, String authority, long deadline) {

    Fence at(RouteVersion later, String by) {
        return new Fence(later, by, deadline);
    }
}
