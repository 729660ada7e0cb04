/// The way out of sandboxes that may reach the world by domain names: the firewall leads their connections to HTTP and TLS
/// here, and those for an allowed name go on to an address that the replica found for it.
///
/// Starting points:
/// - [io.sandgate.sandbox.outbound.OutboundRelay], where the connections come in
/// - [io.sandgate.sandbox.outbound.Connection], what becomes of one
@NullMarked
package io.sandgate.sandbox.outbound;

import org.jspecify.annotations.NullMarked;
