package io.sandgate.gateway.shard;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/// Calls the other replicas' shards, each call once.
public interface ShardPeers {

    /// Sends a call to a member and gives its answer; fails when there is none within the time, or it is an error.
    ///
    /// @param call one of [PeerCall]
    CompletionStage<JsonObject> send(String member, PeerCall call, JsonObject body, Duration timeout);
}
