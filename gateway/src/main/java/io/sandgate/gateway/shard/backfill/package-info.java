/// Member lists of guilds: asked for when a guild is new to a session, and again in a sweep over all guilds that never ends.
///
/// Starting point: [io.sandgate.gateway.shard.backfill.Backfill].
@NullMarked
package io.sandgate.gateway.shard.backfill;

import org.jspecify.annotations.NullMarked;
