/// Tests of the pacing, and a small world to simulate it in.
@NullMarked
package io.sandgate.gateway.shard.pacing;

import org.jspecify.annotations.NullMarked;
