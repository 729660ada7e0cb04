package io.sandgate.gateway.stream.webhook;

import io.sandgate.proxy.replicate.Loop;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/// Saves what there is, one save after the other, on a worker. What changes during one save is in the next. Confined to its loop.
final class Saving {
    private final Loop loop;
    private final Executor workers;
    private final StateFile file;
    private final Supplier<JsonObject> content;
    private List<CompletableFuture<Void>> waiting = new ArrayList<>();
    private boolean saving;

    /// @param content of the file; called on the loop
    Saving(Loop loop, Executor workers, StateFile file, Supplier<JsonObject> content) {
        this.loop = loop;
        this.workers = workers;
        this.file = file;
        this.content = content;
    }

    /// Done, on the loop, when what there is now is saved.
    CompletionStage<Void> save() {
        CompletableFuture<Void> saved = new CompletableFuture<>();
        waiting.add(saved);
        begin();
        return saved;
    }

    private void begin() {
        if (saving || waiting.isEmpty()) {
            return;
        }
        saving = true;
        List<CompletableFuture<Void>> covered = waiting;
        waiting = new ArrayList<>();
        JsonObject now = content.get();
        try {
            workers.execute(() -> {
                Optional<RuntimeException> failure = write(now);
                loop.execute(() -> end(covered, failure));
            });
        } catch (RejectedExecutionException e) {
            end(covered, Optional.of(e));
        }
    }

    private void end(List<CompletableFuture<Void>> covered, Optional<RuntimeException> failure) {
        saving = false;
        covered.forEach(each -> failure.ifPresentOrElse(each::completeExceptionally, () -> each.complete(null)));
        begin();
    }

    private Optional<RuntimeException> write(JsonObject now) {
        try {
            file.save(now);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(new UncheckedIOException(e));
        } catch (RuntimeException e) {
            return Optional.of(e);
        }
    }
}
