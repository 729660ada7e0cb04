/// A gateway that speaks the protocol of shards, keeps count of each offence against it, and fails on demand: the upstream that
/// replicas under test connect to. It shares nothing with them but the protocol.
///
/// Starting points:
/// - [io.sandgate.e2e.upstream.FakeUpstream] is the gateway: what it tells, what it is told to do
/// - [io.sandgate.e2e.upstream.UpstreamRules] is what it enforces
/// - [io.sandgate.e2e.upstream.Observed] is what it saw
/// - [io.sandgate.e2e.upstream.SentEvents] is what a consumer's events are compared with, and how
@NullMarked
package io.sandgate.e2e.upstream;

import org.jspecify.annotations.NullMarked;
