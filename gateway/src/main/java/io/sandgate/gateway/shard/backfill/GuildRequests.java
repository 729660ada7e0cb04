package io.sandgate.gateway.shard.backfill;

import io.sandgate.gateway.shard.backfill.MemberRequest.Reason;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The requests that wait for their chunks, at most one for each guild, none sooner after the last one than the upstream
/// allows.
final class GuildRequests {
    private static final long RECHECK = Duration.ofSeconds(1).toNanos();
    private static final int RADIX = Character.MAX_RADIX;
    /// Leaves room to count on from any start, and for a nonce of less than 32 bytes.
    private static final int NONCE_BITS = 48;

    private final BackfillPorts ports;
    private final BackfillMetrics metrics;
    private final GuildPace pace;
    private final long timeout;
    private final int openPerShard;
    /// By guild, the one that was silent longest first.
    private final LinkedHashMap<Long, MemberRequest> open = new LinkedHashMap<>();
    private final Map<ShardId, Integer> openOfShard = new HashMap<>();
    /// Begins anywhere: the chunks of a request of the shard's last owner may be replayed to this one.
    private long nonces;

    GuildRequests(BackfillSettings settings, BackfillPorts ports, BackfillMetrics metrics, RandomGenerator random,
            long now) {
        this.ports = ports;
        this.metrics = metrics;
        pace = new GuildPace(settings.perGuild(), settings.pacedGuilds(), now);
        timeout = settings.requestTimeout().toNanos();
        openPerShard = settings.openPerShard();
        nonces = random.nextLong(1L << NONCE_BITS);
    }

    /// From when on a guild may be asked for, as far as it is known: `now` or later.
    long earliest(long guild, long now) {
        return open.containsKey(guild) ? now + RECHECK : pace.earliest(guild, now);
    }

    /// Whether one more of the shard's may be open.
    boolean hasRoom(ShardId shard) {
        return open(shard) < openPerShard;
    }

    /// Asks for a guild that may be asked for.
    ///
    /// @return false when the connection takes nothing now
    boolean ask(HeldShard shard, long guild, Reason reason, int tries, long now) {
        String nonce = Long.toString(guild, RADIX) + "." + Long.toString(nonces++, RADIX);
        if (!ports.requester().send(shard.id(), shard.attempt(), guild, nonce)) {
            return false;
        }
        pace.asked(guild, now);
        open.put(guild, new MemberRequest(shard.id(), guild, nonce, reason, tries, now));
        openOfShard.merge(shard.id(), 1, Integer::sum);
        metrics.requested(reason);
        return true;
    }

    /// Takes a chunk.
    ///
    /// @return whether it was the last one of its request
    boolean chunk(ShardId shard, MemberChunk chunk, long now) {
        MemberRequest request = open.get(chunk.guild());
        if (request == null || !request.shard().equals(shard) || !request.nonce().equals(chunk.nonce())
                || !request.take(chunk, now)) {
            return false;
        }
        if (!request.isComplete()) {
            open.putLast(chunk.guild(), request);
            return false;
        }
        close(request, "complete");
        ports.counts().learned(request.guild(), request.members());
        return true;
    }

    /// Takes the upstream's refusal.
    ///
    /// @return the request, when it was open
    Optional<MemberRequest> rateLimited(ShardId shard, long guild, String nonce, Duration retryAfter, long now) {
        pace.refused(guild, now, retryAfter);
        MemberRequest request = open.get(guild);
        if (request == null || !request.shard().equals(shard) || !request.nonce().equals(nonce)) {
            return Optional.empty();
        }
        close(request, "rate_limited");
        return Optional.of(request);
    }

    /// Gives up those that were silent for too long.
    List<MemberRequest> expire(long now) {
        List<MemberRequest> expired = new ArrayList<>();
        while (!open.isEmpty() && now - open.firstEntry().getValue().lastSign() >= timeout) {
            MemberRequest request = open.firstEntry().getValue();
            close(request, "timeout");
            expired.add(request);
        }
        return expired;
    }

    /// Forgets what a shard asked for.
    List<MemberRequest> forget(ShardId shard) {
        List<MemberRequest> forgotten = open.values().stream().filter(request -> request.shard().equals(shard))
                .toList();
        forgotten.forEach(request -> close(request, "disconnect"));
        return forgotten;
    }

    /// Forgets a guild that is no more.
    void forget(ShardId shard, long guild) {
        MemberRequest request = open.get(guild);
        if (request != null && request.shard().equals(shard)) {
            close(request, "gone");
        }
    }

    boolean isOpen(ShardId shard, long guild) {
        MemberRequest request = open.get(guild);
        return request != null && request.shard().equals(shard);
    }

    int open(ShardId shard) {
        return openOfShard.getOrDefault(shard, 0);
    }

    int open() {
        return open.size();
    }

    private void close(MemberRequest request, String outcome) {
        open.remove(request.guild());
        openOfShard.computeIfPresent(request.shard(), (_, count) -> count == 1 ? null : count - 1);
        metrics.ended(outcome);
    }
}
