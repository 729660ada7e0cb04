package io.sandgate.gateway.shard.assign;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The shards that are on their way from one living member to another one, a few of each member's at a time.
///
/// A shard arrives when it is live with its new owner. One that was not live before has nothing that could be interrupted, and
/// arrives when its new owner says that it has it.
final class Moves {
    /// A member that leaves gives away more at a time.
    private static final int LEAVING_FACTOR = 4;

    private final int movesPerMember;
    private final long timeout;
    private final Placement placement;
    /// With each, whether it was live when it set out.
    private final Map<Shard, Boolean> underway = new LinkedHashMap<>();

    Moves(AssignSettings settings, Placement placement) {
        this.movesPerMember = settings.movesPerMember();
        this.timeout = settings.moveTimeout().toNanos();
        this.placement = placement;
    }

    /// Counts what has arrived.
    ///
    /// @return whether something has
    boolean end(long now) {
        return underway.entrySet().removeIf(move -> {
            Shard shard = move.getKey();
            boolean arrived = shard.owner != null && !shard.leaving;
            return arrived && (shard.live || (shard.taken && !move.getValue()) || now - timesOut(shard) >= 0);
        });
    }

    /// Starts what is wanted and has room.
    void start(Iterable<Shard> shards) {
        Map<String, Integer> leaving = new HashMap<>();
        Map<String, Integer> arriving = new HashMap<>();
        for (Shard shard : underway.keySet()) {
            Member owner = shard.owner;
            if (owner != null && shard.leaving) {
                leaving.merge(owner.name, 1, Integer::sum);
            }
            if (owner != null && !shard.leaving) {
                arriving.merge(owner.name, 1, Integer::sum);
            } else {
                placement.desired(shard.id).ifPresent(to -> arriving.merge(to, 1, Integer::sum));
            }
        }
        for (Shard shard : shards) {
            Member from = shard.owner;
            Optional<String> to = placement.desired(shard.id);
            if (from == null || to.isEmpty() || to.get().equals(from.name) || underway.containsKey(shard)) {
                continue;
            }
            int most = movesPerMember * (placement.isEligible(from.name) ? 1 : LEAVING_FACTOR);
            if (leaving.getOrDefault(from.name, 0) < most && arriving.getOrDefault(to.get(), 0) < most) {
                leaving.merge(from.name, 1, Integer::sum);
                arriving.merge(to.get(), 1, Integer::sum);
                underway.put(shard, shard.live);
                shard.leaving = true;
                from.news = true;
            }
        }
    }

    /// Leaves with their owners the shards that nobody else should have any more.
    void callOff() {
        for (Iterator<Shard> each = underway.keySet().iterator(); each.hasNext();) {
            Shard shard = each.next();
            Member owner = shard.owner;
            if (owner != null && shard.leaving
                    && placement.desired(shard.id).filter(to -> !to.equals(owner.name)).isEmpty()) {
                shard.leaving = false;
                owner.news = true;
                each.remove();
            }
        }
    }

    /// The shard is nobody's any more for another reason.
    void forget(Shard shard) {
        underway.remove(shard);
    }

    boolean contains(Shard shard) {
        return underway.containsKey(shard);
    }

    int size() {
        return underway.size();
    }

    /// How long it is until a shard counts as arrived though it is not live, in nanoseconds; the largest number for never.
    long nextTimeout(long now) {
        return underway.keySet().stream().filter(shard -> shard.owner != null && !shard.leaving)
                .mapToLong(shard -> timesOut(shard) - now).min().orElse(Long.MAX_VALUE);
    }

    private long timesOut(Shard shard) {
        return shard.givenAt + timeout;
    }
}
