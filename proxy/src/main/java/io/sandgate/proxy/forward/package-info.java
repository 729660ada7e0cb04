/// The data plane: from a request to the sandbox that it addresses, streamed both ways. Deciding is pure and small;
/// forwarding is confined to one event loop per connection.
///
/// Starting points:
/// - [io.sandgate.proxy.forward.Forwarder] is what a replica starts, and [io.sandgate.proxy.forward.DataPlane] its part
///   on one event loop, which takes the requests
/// - [io.sandgate.proxy.forward.Target] says what a request is addressed to, and [io.sandgate.proxy.forward.Admission]
///   whether it may go there
/// - [io.sandgate.proxy.forward.Exchange] is one request on its way
@NullMarked
package io.sandgate.proxy.forward;

import org.jspecify.annotations.NullMarked;
