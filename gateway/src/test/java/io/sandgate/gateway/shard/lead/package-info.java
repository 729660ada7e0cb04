/// Tests of the election, and a world to run it in.
@NullMarked
package io.sandgate.gateway.shard.lead;

import org.jspecify.annotations.NullMarked;
