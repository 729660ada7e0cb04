package io.sandgate.api.shards;

import io.sandgate.api.http.Answers;
import io.sandgate.api.http.ReplicaCalls;
import io.sandgate.gateway.shard.PeerCall;
import io.sandgate.gateway.shard.Shards;
import io.sandgate.gateway.shard.connect.HttpShardPeers;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.CompletionException;

/// The calls of replicas about shards: `POST /shards/vote`, `/poll`, `/records`, `/find`, `/local` and `/command`.
///
/// 200 with an object; 400 for a body that is not what the call needs; 409 where this replica cannot answer, because it does not
/// lead or the call is out of date.
public final class ShardsPeerApi {
    /// Polls and records of some ten thousand shards.
    private static final int MAX_BODY = 8 << 20;

    private final Shards shards;

    public ShardsPeerApi(Shards shards) {
        this.shards = shards;
    }

    /// Adds the calls to a router.
    public void mount(Router router) {
        for (PeerCall call : PeerCall.values()) {
            ReplicaCalls.mount(router, HttpShardPeers.PREFIX + call.path(), MAX_BODY,
                    (context, sender, body) -> answer(context, call, body));
        }
    }

    private void answer(RoutingContext context, PeerCall call, Buffer body) {
        JsonObject object;
        try {
            object = body.toJsonObject();
        } catch (DecodeException e) {
            Answers.error(context, 400, "the body is no JSON object");
            return;
        }
        shards.answer(call, object).whenComplete((answer, failure) -> context.vertx().runOnContext(ignored -> {
            if (failure == null) {
                Answers.json(context, 200, answer);
            } else {
                refuse(context, call, failure instanceof CompletionException wrapped && wrapped.getCause() != null
                        ? wrapped.getCause()
                        : failure);
            }
        }));
    }

    private static void refuse(RoutingContext context, PeerCall call, Throwable failure) {
        switch (failure) {
            case IllegalStateException late -> Answers.error(context, 409, String.valueOf(late.getMessage()));
            case IllegalArgumentException bad -> Answers.error(context, 400, call.path() + ": " + bad.getMessage());
            case NullPointerException missing -> Answers.error(context, 400, call.path() + ": something is missing");
            case ClassCastException wrong ->
                Answers.error(context, 400, call.path() + ": something is of another kind");
            default -> context.fail(failure);
        }
    }
}
