/// Who may use sandboxes, and how much: API keys and their teams, quotas over all replicas, and rate limits. All of it decides
/// and none of it speaks to other replicas: time, randomness, the disk and what peers say are passed in.
///
/// Starting points:
/// - [io.sandgate.sandbox.tenant.KeyRing], the keys that this replica knows
/// - [io.sandgate.sandbox.tenant.KeyMerge], how two versions of a key become one
/// - [io.sandgate.sandbox.tenant.QuotaLedger], what is taken of a quota
@NullMarked
package io.sandgate.sandbox.tenant;

import org.jspecify.annotations.NullMarked;
