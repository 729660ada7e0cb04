package io.sandgate.gateway.shard.connect;

import io.sandgate.gateway.peer.PeerCalls;
import io.sandgate.gateway.shard.PeerCall;
import io.sandgate.gateway.shard.ShardPeers;
import io.sandgate.membership.Member;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/// Calls the shards of the other replicas through their peer listeners.
public final class HttpShardPeers implements ShardPeers, AutoCloseable {
    /// Below this path a peer listener answers for the shards of its replica.
    public static final String PREFIX = "/shards/";

    /// Two polls, a ballot, records and questions may be under way to the same replica.
    private static final int CONNECTIONS = 8;
    private static final int WAITING = 64;

    private final PeerCalls calls;
    private final Function<String, Optional<Member>> members;

    /// @param transport how peers are reached
    /// @param senderHeader in which a caller says who it is
    /// @param members a member by its id
    public HttpShardPeers(Vertx vertx, HttpClientOptions transport, String self, String senderHeader,
            Function<String, Optional<Member>> members, Duration connectTimeout) {
        this.calls = new PeerCalls(vertx, transport, self, senderHeader, connectTimeout, CONNECTIONS, WAITING);
        this.members = members;
    }

    @Override
    public CompletionStage<JsonObject> send(String member, PeerCall call, JsonObject body, Duration timeout) {
        return members.apply(member).map(peer -> calls.ask(peer, PREFIX + call.path(), body, timeout))
                .orElseGet(() -> Future.failedFuture(new IOException(member + " is no member"))).toCompletionStage();
    }

    @Override
    public void close() {
        calls.close();
    }
}
