/// Tests of the session records.
@NullMarked
package io.sandgate.gateway.shard.record;

import org.jspecify.annotations.NullMarked;
