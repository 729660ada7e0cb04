package io.sandgate.gateway.shard.record;

import io.sandgate.gateway.shard.protocol.ShardId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;

/// Copies the records of this replica's sessions to the next few members: one request to each of them at a time, with the newest
/// record of each shard only, so that a slow member makes the others no slower and what waits for it is bounded by the shards.
///
/// Confined to the executor.
public final class RecordCopies {
    private final Executor loop;
    private final int copies;
    private final BiFunction<String, List<SessionRecord>, CompletionStage<?>> send;
    private final Map<String, Map<ShardId, SessionRecord>> waiting = new HashMap<>();
    private final Set<String> sending = new HashSet<>();
    private List<String> others = List.of();

    /// @param send hands records to a member; fails when it has not got them
    public RecordCopies(Executor loop, int copies, BiFunction<String, List<SessionRecord>, CompletionStage<?>> send) {
        this.loop = loop;
        this.copies = copies;
        this.send = send;
    }

    /// Who could keep copies now. When they change, all records have to be given anew.
    ///
    /// @return whether they changed
    public boolean others(List<String> members) {
        if (members.equals(others)) {
            return false;
        }
        others = List.copyOf(members);
        waiting.keySet().retainAll(others);
        return true;
    }

    /// Copies some records, the newest of their shards.
    public void copy(Collection<SessionRecord> records) {
        for (SessionRecord record : records) {
            for (String member : keepers(record.shard())) {
                waiting.computeIfAbsent(member, ignored -> new HashMap<>()).put(record.shard(), record);
            }
        }
        List.copyOf(waiting.keySet()).forEach(this::send);
    }

    /// The members after the shard's place in the ring of all others.
    private List<String> keepers(ShardId shard) {
        List<String> keepers = new ArrayList<>();
        for (int i = 0; i < Math.min(copies, others.size()); i++) {
            keepers.add(others.get((shard.number() + i) % others.size()));
        }
        return keepers;
    }

    private void send(String member) {
        Map<ShardId, SessionRecord> due = waiting.getOrDefault(member, Map.of());
        if (due.isEmpty() || !sending.add(member)) {
            return;
        }
        waiting.remove(member);
        send.apply(member, List.copyOf(due.values())).whenComplete((done, failure) -> loop.execute(() -> {
            sending.remove(member);
            if (failure != null && others.contains(member)) {
                Map<ShardId, SessionRecord> newer = waiting.computeIfAbsent(member, ignored -> new HashMap<>());
                due.forEach(newer::putIfAbsent);
            }
        }));
    }

    /// Records that wait for a member.
    public int waiting() {
        return waiting.values().stream().mapToInt(Map::size).sum();
    }
}
