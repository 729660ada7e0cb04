package io.sandgate.sandbox;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Writes down what is announced.
final class RecordingAnnouncer implements RouteAnnouncer {

    final List<Sandbox> announced = new CopyOnWriteArrayList<>();
    final List<Sandbox> withdrawn = new CopyOnWriteArrayList<>();
    /// What the route table holds besides.
    final Map<String, Long> table = new ConcurrentHashMap<>();
    volatile CompletionStage<Void> answer = CompletableFuture.completedFuture(null);
    private final Journal journal;

    RecordingAnnouncer(Journal journal) {
        this.journal = journal;
    }

    @Override
    public long nextVersion(String sandboxId, long known) {
        return Math.max(table.getOrDefault(sandboxId, 0L), known) + 1;
    }

    @Override
    public CompletionStage<Void> announce(Sandbox sandbox) {
        announced.add(sandbox);
        journal.step("announce " + sandbox.state());
        return answer;
    }

    @Override
    public CompletionStage<Void> withdraw(Sandbox sandbox) {
        withdrawn.add(sandbox);
        journal.step("withdraw");
        return answer;
    }
}
