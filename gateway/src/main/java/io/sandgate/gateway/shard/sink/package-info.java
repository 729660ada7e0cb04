/// Where the events of the shards go: a file, a webhook.
///
/// Starting point: [io.sandgate.gateway.shard.sink.EventSink].
@NullMarked
package io.sandgate.gateway.shard.sink;

import org.jspecify.annotations.NullMarked;
