/// Tests of how shards reach the upstream, over real sockets.
@NullMarked
package io.sandgate.gateway.shard.connect;

import org.jspecify.annotations.NullMarked;
