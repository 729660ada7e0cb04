/// How a route change reaches the other replicas (push), and how a replica fetches what it lacks (pull).
/// What decides is plain Java over a [io.sandgate.proxy.replicate.Loop] and a
/// [io.sandgate.proxy.replicate.PeerTransport], so that virtual time and a pretended network can run it.
///
/// Starting points:
/// - [io.sandgate.proxy.replicate.PeerSync] publishes a change to all peers
/// - [io.sandgate.proxy.replicate.PeerOutbox] is what waits for one peer, and its one request
/// - [io.sandgate.proxy.replicate.Reconciler] is the pull side
/// - [io.sandgate.proxy.replicate.PeerLookup] asks the peers for a route that is missing here
@NullMarked
package io.sandgate.proxy.replicate;

import org.jspecify.annotations.NullMarked;
