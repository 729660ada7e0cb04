package io.sandgate.proxy.replicate;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One published change on its way to the peers, and the caller who waits for it.
///
/// The caller is answered when every awaited peer has the change or has failed; after `wait` if any peer has it; and
/// otherwise with the first acknowledgement, at the latest after `peerDeadline`. Confined to the loop.
final class Delivery {
    private final CompletableFuture<SyncResult> answer = new CompletableFuture<>();
    private final Set<String> awaited;
    private final int peers;
    private final int awaitedAtFirst;
    private int acknowledged;
    private boolean waitIsOver;
    private Loop.@Nullable Timer timer;

    /// @param peers all peers that the change is offered to
    /// @param awaited the ids of those that are healthy
    Delivery(int peers, Set<String> awaited) {
        this.peers = peers;
        this.awaited = new HashSet<>(awaited);
        this.awaitedAtFirst = awaited.size();
    }

    /// Starts the caller's clock; called after the change has been offered to the outboxes.
    void start(Loop loop, Duration wait, Duration peerDeadline) {
        if (isDone()) {
            return;
        }
        if (awaited.isEmpty()) {
            answer();
            return;
        }
        timer = loop.after(wait, () -> {
            waitIsOver = true;
            if (acknowledged > 0) {
                answer();
            } else {
                timer = loop.after(peerDeadline.minus(wait), this::answer);
            }
        });
    }

    void acknowledged(String peer) {
        acknowledged++;
        settle(peer);
    }

    void failed(String peer) {
        settle(peer);
    }

    private void settle(String peer) {
        awaited.remove(peer);
        if (awaited.isEmpty() || (waitIsOver && acknowledged > 0)) {
            answer();
        }
    }

    private void answer() {
        if (timer != null) {
            timer.cancel();
        }
        answer.complete(new SyncResult(peers, awaitedAtFirst, acknowledged));
    }

    boolean isDone() {
        return answer.isDone();
    }

    CompletableFuture<SyncResult> answered() {
        return answer;
    }
}
