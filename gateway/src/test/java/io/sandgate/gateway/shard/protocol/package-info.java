/// Tests of the upstream's protocol as data.
@NullMarked
package io.sandgate.gateway.shard.protocol;

import org.jspecify.annotations.NullMarked;
