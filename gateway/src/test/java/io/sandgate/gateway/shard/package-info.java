/// What the tests of the shards share.
@NullMarked
package io.sandgate.gateway.shard;

import org.jspecify.annotations.NullMarked;
