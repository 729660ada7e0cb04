package io.sandgate.proxy.replicate;

import io.sandgate.membership.Member;
import io.sandgate.membership.RouteSummary;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteHash;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.proxy.route.RouteVersion;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The calls of the peer API on digests. May be used from any thread.
public final class HttpDigests implements DigestFetch {
    /// Digests of another version cannot be compared with ours.
    public static final int VERSION = 1;

    private static final int MAX_SUMMARIES_BYTES = 8 * 1024 * 1024;
    private static final int MAX_DIGEST_BYTES = 128 * 1024;
    /// Below the 1 MiB that a peer accepts.
    private static final int MAX_KEYS_BYTES = 512 * 1024;

    private final HttpPeers http;

    public HttpDigests(HttpPeers http) {
        this.http = http;
    }

    @Override
    public CompletionStage<Map<String, RouteSummary>> summaries(Member peer) {
        return json(peer, "/digest", MAX_SUMMARIES_BYTES, answer -> {
            Map<String, RouteSummary> summaries = new HashMap<>();
            JsonObject all = answer.getJsonObject("authorities", new JsonObject());
            all.fieldNames().forEach(authority -> summaries.put(authority, summary(all.getJsonObject(authority))));
            return summaries;
        });
    }

    private static RouteSummary summary(JsonObject json) {
        return new RouteSummary(Long.parseUnsignedLong(json.getString("root"), 16), json.getLong("count"));
    }

    @Override
    public CompletionStage<Digest> digest(Member peer, String authority) {
        return json(peer, "/digest?authority=" + HttpPeers.encoded(authority), MAX_DIGEST_BYTES,
                answer -> Digest.read(answer.getBinary("sums", new byte[0]), answer.getLong("count", 0L)));
    }

    private <T> CompletionStage<T> json(Member peer, String uri, int maxBytes, Function<JsonObject, T> reader) {
        RequestOptions options = http.listRequest(HttpMethod.GET, peer.peer(), uri);
        return http.exchange(options, Buffer.buffer(), http.wholeList(), response -> {
            HttpPeers.requireAnswerOf(peer, response);
            return BoundedBody.read(response, maxBytes);
        }).map(body -> {
            JsonObject answer = new JsonObject(body);
            int version = answer.getInteger("version", 0);
            int buckets = answer.getInteger("buckets", 0);
            if (version != VERSION || buckets != RouteHash.BUCKETS) {
                throw new IllegalStateException("peer " + peer.id() + " has digests of version " + version + " with "
                        + buckets + " buckets (expected: version " + VERSION + " with " + RouteHash.BUCKETS + ")");
            }
            return reader.apply(answer);
        }).toCompletionStage();
    }

    @Override
    public CompletionStage<List<Listed>> listing(Member peer, String authority, Collection<Integer> buckets) {
        JsonObject question = new JsonObject().put("authority", authority)
                .put("buckets", new JsonArray(new ArrayList<>(buckets)));
        List<Listed> listing = new ArrayList<>();
        return read(peer, "/digest/listing", question.toBuffer(), line -> listing.add(listed(peer, line)))
                .map(read -> listing).toCompletionStage();
    }

    private static Listed listed(Member peer, Buffer line) {
        JsonObject json = new JsonObject(line);
        RouteVersion version = RouteVersion.parse(json.getString("resourceVersion", ""));
        if (version == null) {
            throw new IllegalStateException("peer " + peer.id() + " listed a route without a version");
        }
        return new Listed(new RouteKey(json.getString("namespace", ""), json.getString("name", "")), version,
                json.getString("authority", ""));
    }

    @Override
    public CompletionStage<Void> routes(Member peer, Collection<RouteKey> keys, Consumer<Route> each) {
        return routes(peer, keys.iterator(), each).toCompletionStage();
    }

    /// As many keys at once as one request may hold.
    private Future<Void> routes(Member peer, Iterator<RouteKey> keys, Consumer<Route> each) {
        if (!keys.hasNext()) {
            return Future.succeededFuture();
        }
        Buffer question = Buffer.buffer();
        while (keys.hasNext() && question.length() < MAX_KEYS_BYTES) {
            RouteKey key = keys.next();
            question.appendBuffer(new JsonObject().put("namespace", key.namespace()).put("name", key.name()).toBuffer())
                    .appendByte((byte) '\n');
        }
        return read(peer, "/routes/fetch", question, line -> {
            Route route = HttpPeers.read(peer.peer(), line);
            if (route != null) {
                each.accept(route);
            }
        }).compose(read -> routes(peer, keys, each));
    }

    private Future<@Nullable Void> read(Member peer, String uri, Buffer question, Consumer<Buffer> eachLine) {
        return http.exchange(http.listRequest(HttpMethod.POST, peer.peer(), uri), question, http.wholeList(),
                response -> {
                    HttpPeers.requireAnswerOf(peer, response);
                    return HttpPeers.lines(response, eachLine);
                });
    }
}
