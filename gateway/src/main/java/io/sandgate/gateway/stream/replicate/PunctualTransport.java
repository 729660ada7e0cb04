package io.sandgate.gateway.stream.replicate;

import io.sandgate.membership.Member;
import io.sandgate.proxy.replicate.Loop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/// A transport of which each request ends once, on the loop and in time, whatever the one below does.
record PunctualTransport(ParcelTransport transport, Loop loop) implements ParcelTransport {

    /// How much later than its timeout a request is given up whose transport did not.
    private static final Duration GRACE = Duration.ofMillis(50);

    @Override
    public CompletionStage<Reply> send(Member peer, Parcel parcel, Duration timeout) {
        CompletableFuture<Reply> end = new CompletableFuture<>();
        Loop.Timer guard = loop.after(timeout.plus(GRACE),
                () -> end.completeExceptionally(new TimeoutException("no answer in " + timeout)));
        begun(peer, parcel, timeout).whenComplete((reply, error) -> loop.execute(() -> {
            guard.cancel();
            if (error == null) {
                end.complete(reply);
            } else {
                end.completeExceptionally(error);
            }
        }));
        return end;
    }

    private CompletionStage<Reply> begun(Member peer, Parcel parcel, Duration timeout) {
        try {
            return transport.send(peer, parcel, timeout);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
