package io.sandgate.gateway.stream.replicate;

import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.gateway.stream.event.EventAppender;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.event.ReplicatedAppender;
import io.sandgate.proxy.replicate.Loop;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/// Takes what other replicas push, one parcel at a time from each, and answers when it is stored: that is what slows down a
/// sender.
///
/// [#take] may be called from any thread; the work is done on the loop, and what may block on a worker.
public final class Intake {

    /// A parcel that cannot be taken now, and may be later.
    public static final class NotNowException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotNowException(String message) {
            super(message);
        }
    }

    private final Predicate<String> isMember;
    private final Loop loop;
    private final Tray tray;
    private final Map<String, Sender> senders = new HashMap<>();

    /// @param reader of the log of this replica
    /// @param own the same log, for events of this replica
    /// @param others the same log, for events of other replicas
    /// @param isMember whether a replica of that id is another member of the cluster
    /// @param workers runs what may block or takes long
    public Intake(EventReader reader, EventAppender own, ReplicatedAppender others, Predicate<String> isMember,
            Loop loop, Executor workers, InstantSource clock, MeterRegistry registry) {
        this.isMember = isMember;
        this.loop = loop;
        this.tray = new Tray(reader, own, others, loop, workers, clock, new ReplicationMeters(registry));
    }

    /// Stores what is in a parcel, as far as it is not here yet.
    ///
    /// @return done when it is stored, or found to be in the wrong place; fails with a [NotNowException]
    public CompletionStage<Reply> take(Parcel parcel) {
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        loop.execute(() -> {
            String from = parcel.stamp().from();
            if (!isMember.test(from)) {
                answer.completeExceptionally(new NotNowException(from + " is no member here"));
                return;
            }
            senders.computeIfAbsent(from, id -> new Sender(id, tray)).take(parcel, answer);
        });
        return answer;
    }
}
