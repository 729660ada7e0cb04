package io.sandgate.gateway.connection;

import io.sandgate.proxy.replicate.Loop;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/// One outbox for each other replica that something was sent to. May be used from any thread; the work is done on the loop.
final class Outboxes {
    /// More than a cluster has replicas: those of replicas that left are dropped then.
    private static final int MOST_KEPT = 256;

    private final ConnectionSettings settings;
    private final Owners owners;
    private final PeerTransport transport;
    private final Loop loop;
    /// Changed on the loop only; metrics read it from other threads.
    private final Map<String, Outbox> outboxes = new ConcurrentHashMap<>();
    private boolean closed;

    Outboxes(ConnectionSettings settings, Owners owners, PeerTransport transport, Loop loop,
            ConnectionMeters meters) {
        this.settings = settings;
        this.owners = owners;
        this.transport = transport;
        this.loop = loop;
        meters.waiting(() -> outboxes.values().stream().mapToInt(Outbox::size).sum());
    }

    /// Sends a request to a replica; never fails.
    CompletionStage<Passage> send(String replica, PeerRequest request) {
        CompletableFuture<Passage> passage = new CompletableFuture<>();
        loop.execute(() -> {
            if (closed) {
                passage.complete(new Passage.NotAnswered("this replica is stopping"));
                return;
            }
            outbox(replica).offer(request, passage);
        });
        return passage;
    }

    private Outbox outbox(String replica) {
        Outbox known = outboxes.get(replica);
        if (known != null) {
            return known;
        }
        if (outboxes.size() >= MOST_KEPT) {
            outboxes.values().removeIf(Outbox::isIdle);
        }
        Outbox outbox = new Outbox(replica, settings, () -> owners.member(replica), transport, loop);
        outboxes.put(replica, outbox);
        return outbox;
    }

    void close() {
        loop.execute(() -> {
            closed = true;
            outboxes.values().forEach(Outbox::close);
        });
    }
}
