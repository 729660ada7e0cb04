package io.sandgate.gateway.stream.webhook.connect;

import io.sandgate.gateway.stream.webhook.WebhookTargets;
import io.sandgate.gateway.stream.webhook.WebhookUrl;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/// The addresses that a webhook's URL leads to, all of which must be allowed. Whoever connects does so to one of these, not to
/// the name, which could lead elsewhere a moment later. Thread-safe.
public final class WebhookAddresses {
    private final NameResolver names;
    private final WebhookTargets targets;
    private final Executor workers;

    /// @param workers where names are resolved, which blocks
    public WebhookAddresses(NameResolver names, WebhookTargets targets, Executor workers) {
        this.names = names;
        this.targets = targets;
        this.workers = workers;
    }

    /// The addresses of a URL, at least one; completes on a worker. Fails, as a cause, with [UnknownHostException] when the name
    /// has none, and with [RefusedTargetException] when one of them is not allowed.
    public CompletionStage<List<InetSocketAddress>> of(URI url) {
        CompletableFuture<List<InetSocketAddress>> found = new CompletableFuture<>();
        workers.execute(() -> {
            try {
                found.complete(resolve(url));
            } catch (UnknownHostException | RuntimeException e) {
                found.completeExceptionally(e);
            }
        });
        return found;
    }

    private List<InetSocketAddress> resolve(URI url) throws UnknownHostException {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (InetAddress ip : names.resolve(WebhookUrl.host(url))) {
            InetSocketAddress address = new InetSocketAddress(ip, WebhookUrl.port(url));
            Optional<String> refusal = targets.refusal(address);
            if (refusal.isPresent()) {
                throw new RefusedTargetException(refusal.get());
            }
            addresses.add(address);
        }
        if (addresses.isEmpty()) {
            throw new UnknownHostException(WebhookUrl.host(url));
        }
        return addresses;
    }
}
