/// What is remembered of a shard's session so that another connection, on this replica or another one, can go on with it.
///
/// Starting point: [io.sandgate.gateway.shard.record.SessionRecord].
@NullMarked
package io.sandgate.gateway.shard.record;

import org.jspecify.annotations.NullMarked;
