package io.sandgate.e2e.upstream;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/// A fake upstream for one test, and its clients.
final class UpstreamWorld implements AutoCloseable {
    final FakeUpstream upstream;

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<ShardClient> clients = new ArrayList<>();

    UpstreamWorld(UpstreamRules rules) {
        upstream = FakeUpstream.start(rules);
    }

    /// The documented rules, with many keys and no guilds.
    static UpstreamRules wide() {
        return UpstreamRules.DISCORD.with(draft -> {
            draft.maxConcurrency = 16;
            draft.recommendedShards = 16;
            draft.guildsPerShard = 0;
        });
    }

    ShardClient connect() {
        return connect("");
    }

    /// @param more of the query
    ShardClient connect(String more) {
        return connect(upstream.url().replace("http:", "ws:"), ShardClient.QUERY + more);
    }

    ShardClient connect(String url, String query) {
        ShardClient client = new ShardClient(vertx, url + query);
        clients.add(client);
        return client;
    }

    HttpResponse<String> get(String path, String authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(upstream.url() + path));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString()).join();
    }

    JsonObject bot() {
        return new JsonObject(get("/gateway/bot", "Bot fake-token").body());
    }

    /// The rules that were offended against, in order.
    List<Rule> offences() {
        return upstream.seen().violations().stream().map(Observed.Violation::rule).toList();
    }

    /// Asserts that a connection ended with the rule's code and that this was the only offence.
    void assertOffended(ShardClient client, Rule rule) {
        assertThat(client.closeCode()).isEqualTo(rule.closeCode());
        assertThat(offences()).containsExactly(rule);
    }

    @Override
    public void close() {
        clients.forEach(ShardClient::close);
        upstream.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        http.close();
    }
}
