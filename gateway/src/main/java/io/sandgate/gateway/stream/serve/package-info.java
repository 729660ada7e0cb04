/// The subscribers of this replica: their sockets, and what keeps those in bounds.
///
/// Starting points: [io.sandgate.gateway.stream.serve.Subscribers], [io.sandgate.gateway.stream.serve.WebSocketOutlet].
@NullMarked
package io.sandgate.gateway.stream.serve;

import org.jspecify.annotations.NullMarked;
