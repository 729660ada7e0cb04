package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.protocol.ShardId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The members that poll, and the places that their shards have by their last polls.
///
/// Each poll is the member's full state: what it does not list has no place any more, and what finds no room here is in the
/// next poll again. A shard that two members list is the one's that came to list it last: whoever had it before and lists
/// it on is about to hear that it moved. It takes over the place.
final class Pollers {
    private static final int MAX_MEMBERS = 1024;
    private static final int MAX_WAITING = 16_384;

    private static final class Poller {
        final long incarnation;
        long lastPoll;
        Set<ShardId> listed = Set.of();

        Poller(long incarnation) {
            this.incarnation = incarnation;
        }
    }

    private final Map<String, Poller> pollers = new HashMap<>();
    private final IdentifyKeys keys;
    private final long waitLife;
    private long tickets;

    /// @param waitLife nanoseconds for which a member that does not poll keeps its places
    Pollers(IdentifyKeys keys, long waitLife) {
        this.keys = keys;
        this.waitLife = waitLife;
    }

    /// Whether a poll counts: it is not one of a former life of the member. The first one of a new life takes the places of the
    /// former life away.
    boolean admit(String member, long incarnation, long at) {
        Poller poller = pollers.get(member);
        if (poller == null ? pollers.size() >= MAX_MEMBERS : incarnation < poller.incarnation) {
            return false;
        }
        if (poller == null || incarnation > poller.incarnation) {
            if (poller != null) {
                removeAll(member, poller.listed);
            }
            poller = new Poller(incarnation);
            pollers.put(member, poller);
        }
        poller.lastPoll = at;
        return true;
    }

    /// Takes what a member that was admitted waits for.
    void list(String member, List<Waiting> waiting, long at) {
        Poller poller = poller(member);
        Set<ShardId> listed = new HashSet<>();
        for (Waiting one : waiting.subList(0, Math.min(waiting.size(), MAX_WAITING))) {
            listed.add(one.shard());
            place(member, poller, one, at);
        }
        Set<ShardId> left = new HashSet<>(poller.listed);
        left.removeAll(listed);
        removeAll(member, left);
        poller.listed = listed;
    }

    private void place(String member, Poller poller, Waiting waiting, long at) {
        KeyQueue key = keys.of(waiting.shard());
        Waiter place = key.waiter(waiting.shard());
        if (place == null) {
            enter(key, member, poller, waiting, at);
        } else if (place.isOf(member)
                ? waiting.attempt() >= place.attempt()
                : !poller.listed.contains(waiting.shard())) {
            key.put(place.with(member, poller.incarnation, waiting));
        }
    }

    /// An attempt that sent its IDENTIFY does not wait any more, whatever an old poll says. One whose permit was not heard of
    /// lost the answer, and goes on where it was; once, so that a member that hears nothing does not keep all others waiting.
    private void enter(KeyQueue key, String member, Poller poller, Waiting waiting, long at) {
        GivenPermit last = key.last();
        Waiter before = last == null ? null : last.waiter();
        if (last != null && before != null && before.isSame(waiting.shard(), member, poller.incarnation)) {
            boolean older = waiting.attempt() < before.attempt();
            boolean same = waiting.attempt() == before.attempt();
            if (older || (same && last.isUsed())) {
                return;
            }
            if (same && last.isUnreported() && !before.returned()) {
                key.putFirst(before.afterLostPermit());
                return;
            }
        }
        key.put(new Waiter(waiting.shard(), member, poller.incarnation, waiting.attempt(), waiting.cold(), at,
                tickets++, false));
    }

    /// Takes the places of those away that have not polled for too long.
    void forgetSilent(long now) {
        for (Iterator<Map.Entry<String, Poller>> all = pollers.entrySet().iterator(); all.hasNext();) {
            Map.Entry<String, Poller> one = all.next();
            if (now - one.getValue().lastPoll - waitLife >= 0) {
                removeAll(one.getKey(), one.getValue().listed);
                all.remove();
            }
        }
    }

    boolean isKnown(String member) {
        return pollers.containsKey(member);
    }

    /// When a member's places are taken away unless it polls.
    long silentAt(String member) {
        return poller(member).lastPoll + waitLife;
    }

    private Poller poller(String member) {
        Poller poller = pollers.get(member);
        if (poller == null) {
            throw new IllegalStateException("member: " + member + " (expected: one that polled)");
        }
        return poller;
    }

    private void removeAll(String member, Set<ShardId> shards) {
        shards.forEach(shard -> keys.of(shard).remove(shard, member));
    }
}
