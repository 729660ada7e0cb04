package io.sandgate.gateway.stream.webhook.connect;

import io.sandgate.gateway.peer.PeerCalls;
import io.sandgate.gateway.stream.webhook.WebhookPeers;
import io.sandgate.membership.Member;
import io.sandgate.proxy.replicate.HttpPeers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/// Exchanges webhooks with the other replicas through their peer listeners; what is missed is found by comparing. Thread-safe.
public final class HttpWebhookPeers implements WebhookPeers, AutoCloseable {
    /// Where a peer listener answers.
    public static final String PATH = "/events/webhooks/exchange";

    private static final int CONNECTIONS = 4;
    private static final int WAITING = 64;

    private final PeerCalls calls;
    private final Supplier<List<Member>> others;

    /// @param transport how peers are reached
    /// @param others the members that can be reached now, without this one
    public HttpWebhookPeers(Vertx vertx, HttpClientOptions transport, String self, Supplier<List<Member>> others,
            Duration connectTimeout) {
        this.calls = new PeerCalls(vertx, transport, self, HttpPeers.SENDER, connectTimeout, CONNECTIONS, WAITING);
        this.others = others;
    }

    @Override
    public List<String> members() {
        return others.get().stream().map(Member::id).toList();
    }

    @Override
    public CompletionStage<JsonObject> exchange(String member, JsonObject body, Duration timeout) {
        return others.get().stream().filter(each -> each.id().equals(member)).findFirst()
                .map(peer -> calls.ask(peer, PATH, body, timeout))
                .orElseGet(() -> Future.failedFuture(new IOException(member + " is no member"))).toCompletionStage();
    }

    @Override
    public void close() {
        calls.close();
    }
}
