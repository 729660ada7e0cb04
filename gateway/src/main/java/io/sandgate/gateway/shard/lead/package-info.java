/// Which replica leads: at most one at a time, by votes that expire.
///
/// Starting point: [io.sandgate.gateway.shard.lead.Election].
@NullMarked
package io.sandgate.gateway.shard.lead;

import org.jspecify.annotations.NullMarked;
