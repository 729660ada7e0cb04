/// The peer API: how other replicas, and programs that speak OpenKruise's refresh call, change and read the routes here.
///
/// Starting points:
/// - [io.sandgate.api.peer.RefreshApi] takes pushed changes
@NullMarked
package io.sandgate.api.peer;

import org.jspecify.annotations.NullMarked;
