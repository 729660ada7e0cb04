/// How what happens at one replica comes into the logs of all: each pushes its own events to every other one, and its log is the
/// outbox. What decides is plain Java over a [io.sandgate.proxy.replicate.Loop] and a
/// [io.sandgate.gateway.stream.replicate.ParcelTransport], so that virtual time and a pretended network can run it.
///
/// Starting points:
/// - [io.sandgate.gateway.stream.replicate.Replication] is the side that sends, with one
///   [io.sandgate.gateway.stream.replicate.PeerFeed] for each peer
/// - [io.sandgate.gateway.stream.replicate.Intake] is the side that receives
/// - [io.sandgate.gateway.stream.replicate.Parcel] is what goes between them
@NullMarked
package io.sandgate.gateway.stream.replicate;

import org.jspecify.annotations.NullMarked;
