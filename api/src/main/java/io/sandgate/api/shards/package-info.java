/// The shards over HTTP: what operators ask on the admin listener, and replicas on the peer listener.
///
/// Starting point: [io.sandgate.api.shards.ShardsApi].
@NullMarked
package io.sandgate.api.shards;

import org.jspecify.annotations.NullMarked;
