package io.sandgate.gateway.stream.webhook;

import io.sandgate.gateway.stream.event.EventReader.Extent;
import io.sandgate.proxy.replicate.Loop;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How far the webhooks are, on disk: those that are delivered to, and those that are not known yet, since only another replica
/// has their registration. Confined to its loop, but for [#load].
final class KeptProgress {
    private static final Logger log = LoggerFactory.getLogger(KeptProgress.class);
    /// How long progress may be younger than what is kept of it.
    private static final Duration SAVE_AFTER = Duration.ofSeconds(1);

    private final Loop loop;
    private final StateFile file;
    private final Saving saving;
    private final Supplier<Map<String, Progress>> deliveries;
    private final Map<String, Progress> unread = new HashMap<>();
    private boolean saveIsDue;
    private boolean closed;

    /// @param deliveries how far those are that are delivered to
    KeptProgress(Loop loop, Executor workers, StateFile file, Supplier<Map<String, Progress>> deliveries) {
        this.loop = loop;
        this.file = file;
        this.deliveries = deliveries;
        this.saving = new Saving(loop, workers, file, () -> ProgressJson.write(all()));
    }

    /// What is on the disk. Blocks.
    Map<String, Progress> load() {
        return file.load(ProgressJson::read, Map.of());
    }

    /// Where webhooks go on that nothing is delivered to yet.
    Map<String, Progress> unread() {
        return Map.copyOf(unread);
    }

    void add(Map<String, Progress> more) {
        unread.putAll(more);
    }

    /// Drops what was of use to those who know their webhooks.
    void drop(Predicate<String> known) {
        unread.keySet().removeIf(known);
    }

    /// Drops what the log does not reach back to: from there nothing can be gone on with.
    void drop(Extent log) {
        unread.values().removeIf(
                each -> !each.cursor().epoch().equals(log.epoch()) || each.cursor().seq() + 1 < log.floor());
    }

    /// Keeps within a moment how far all are.
    void changed() {
        if (!saveIsDue && !closed) {
            saveIsDue = true;
            loop.after(SAVE_AFTER, () -> {
                saveIsDue = false;
                save();
            });
        }
    }

    /// Keeps how far all are now.
    ///
    /// @return done when it is kept, or cannot be
    CompletionStage<Void> save() {
        if (closed) {
            return CompletableFuture.completedStage(null);
        }
        return saving.save().exceptionally(failure -> {
            log.warn("webhooks.progress_not_kept error=\"{}\" (after a restart events are delivered again)",
                    failure.getMessage());
            return null;
        });
    }

    /// Keeps for the last time how far all are.
    CompletionStage<Void> close() {
        closed = true;
        return saving.save();
    }

    private Map<String, Progress> all() {
        Map<String, Progress> all = new HashMap<>(unread);
        all.putAll(deliveries.get());
        return all;
    }
}
