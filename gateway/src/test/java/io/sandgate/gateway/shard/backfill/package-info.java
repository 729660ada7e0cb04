/// Tests of the backfill, on virtual time.
@NullMarked
package io.sandgate.gateway.shard.backfill;

import org.jspecify.annotations.NullMarked;
