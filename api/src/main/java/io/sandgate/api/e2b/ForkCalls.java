package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandgate.api.e2b.LocalSandboxes.ForkSource;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Forks: made on the replica where the sandbox lives, which owns them.
///
/// @param local the sandboxes of this replica
/// @param quotas whether there is room for one more
/// @param workers where local calls block
/// @param owners the sandboxes of the other replicas
record ForkCalls(LocalSandboxes local, QuotaGate quotas, Workers workers, OwnerCalls owners) {
    private static final Logger log = LoggerFactory.getLogger(ForkCalls.class);

    private static final int MOST = 100;
    /// Starting one takes a processor for a while.
    private static final int AT_ONCE = 4;

    private record Wish(String id, Duration timeout, int count) {}

    /// The path for one sandbox; for `:id` the template of all.
    static String path(String id) {
        return "/sandboxes/" + id + "/fork";
    }

    /// The call of a client.
    Future<Reply> anywhere(ApiRequest request) {
        Wish wish = parse(request);
        return fork(wish, request).compose(reply -> reply.map(Future::succeededFuture).orElseGet(
                () -> owners.call(wish.id(), new PeerRequest(HttpMethod.POST, path(wish.id()), request))));
    }

    /// The call of a peer, which takes this replica for the owner.
    Future<Reply> here(ApiRequest request) {
        Wish wish = parse(request);
        return fork(wish, request).map(reply -> reply.orElseThrow(() -> ApiException.noSuchSandbox(wish.id())));
    }

    private Wish parse(ApiRequest request) {
        String id = SandboxId.parse(request.pathId());
        JsonBody body = JsonBody.parse(request.body());
        long count = body.number("count", 1);
        if (count < 1 || count > MOST) {
            throw ApiException.invalid("count: " + count + " (expected: 1 to " + MOST + ")");
        }
        Timeouts timeouts = local.timeouts();
        return new Wish(id, timeouts.required(body.number("timeout", timeouts.standardSeconds(false))), (int) count);
    }

    private Future<Optional<Reply>> fork(Wish wish, ApiRequest request) {
        return workers.run(() -> local.fork(wish.id(), request.owner(), wish.timeout())).compose(source -> source
                .map(copied -> children(copied, wish.count(), request).map(Optional::of))
                .orElse(Future.succeededFuture(Optional.empty())));
    }

    private Future<Reply> children(ForkSource source, int count, ApiRequest request) {
        JsonNode[] results = new JsonNode[count];
        List<Future<Void>> lanes = IntStream.range(0, Math.min(AT_ONCE, count))
                .mapToObj(lane -> lane(lane, results, source, request)).toList();
        return Future.join(lanes).map(done -> Reply.json(201, Json.array().addAll(List.of(results))))
                .compose(reply -> workers.run(() -> {
                    source.copy().close();
                    return reply;
                }).otherwise(failure -> {
                    log.warn("fork.copy_left reason={} requestId={}", failure.getMessage(), request.requestId());
                    return reply;
                }));
    }

    /// Every fourth child or so, one after the other. Never fails.
    private Future<Void> lane(int index, JsonNode[] results, ForkSource source, ApiRequest request) {
        if (index >= results.length) {
            return Future.succeededFuture();
        }
        return quotas.within(request.caller(), source.size(), claim -> workers.run(() -> source.copy().another(claim)))
                .map(sandbox -> Json.object().<JsonNode>set("sandbox", local.json().created(sandbox)))
                .otherwise(failure -> Json.object().set("error", ErrorReplies.body(failure, request.requestId())))
                .compose(result -> {
                    results[index] = result;
                    return lane(index + AT_ONCE, results, source, request);
                });
    }
}
