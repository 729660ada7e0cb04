/// Who may send an IDENTIFY when: one replica leads, gives permits one window apart for each key, and counts the budget.
///
/// Starting point: [io.sandgate.gateway.shard.pacing.IdentifyPacer].
@NullMarked
package io.sandgate.gateway.shard.pacing;

import org.jspecify.annotations.NullMarked;
