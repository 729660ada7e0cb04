/// Tests of the assignment of shards, and a world to run it in.
@NullMarked
package io.sandgate.gateway.shard.assign;

import org.jspecify.annotations.NullMarked;
