package io.sandgate.gateway.stream.replicate;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.event.EventReader.Extent;
import io.sandgate.gateway.stream.event.EventReader.Read;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/// The log of this replica as the feeds read it: always on a worker, since a peer that was away needs what is on disk only.
///
/// @param workers runs what may block
record FeedLog(String self, EventReader reader, ReplicationSettings settings, Executor workers) {

    Extent extent() {
        return reader.extent();
    }

    /// What is behind a place; never [Read.Stored].
    CompletionStage<Read> read(Cursor after) {
        return CompletableFuture.supplyAsync(() -> reader.readStored(after, settings.entries(), settings.bytes()),
                workers);
    }

    /// The state, to be told under a token.
    CompletionStage<StateOffer> offer(long token) {
        return CompletableFuture.supplyAsync(
                () -> new StateOffer(self, reader.state(), token, settings.entries(), settings.bytes()), workers);
    }
}
