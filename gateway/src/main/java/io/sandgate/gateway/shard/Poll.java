package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.assign.Holding;
import io.sandgate.gateway.shard.assign.Release;
import io.sandgate.gateway.shard.pacing.PermitReport;
import io.sandgate.gateway.shard.pacing.Waiting;
import java.util.List;

/// What a member tells the leader of itself, all of it each time.
///
/// @param member its id
/// @param life one start of its process; later ones are higher
/// @param term of the reign that it polls, as far as it knows
/// @param number of the poll, counted up in a life: an earlier one that comes late says nothing
/// @param holdings the shards that it has
/// @param releases those that it gave back since the last poll that was answered
/// @param waiting those that wait for a permit
/// @param reports what became of permits since then
/// @param refused why the upstream refuses the whole bot, in words; empty when it does not
/// @param drains whether it wants to hold no shards
/// @param plan which plan it follows
record Poll(String member, long life, long term, long number, List<Holding> holdings, List<Release> releases,
        List<Waiting> waiting,
        List<PermitReport> reports, String refused, boolean drains, Plan plan) {}
