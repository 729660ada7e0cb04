package io.sandgate.api.route;

import io.sandgate.api.http.Answers;
import io.sandgate.membership.RouteSummary;
import io.sandgate.proxy.replicate.Digest;
import io.sandgate.proxy.replicate.Digests;
import io.sandgate.proxy.replicate.HttpDigests;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteHash;
import io.sandgate.proxy.route.RouteJson;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.proxy.route.RouteTable;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// The calls with which replicas compare their routes: `GET /digest`, `POST /digest/listing` and `POST /routes/fetch`.
public final class DigestApi {
    private static final String LISTING = "/digest/listing";
    private static final String FETCH = "/routes/fetch";
    /// The calls that are made with POST, because a question is long, and change nothing.
    public static final Set<String> QUESTIONS = Set.of(LISTING, FETCH);

    private static final int MAX_BODY = 1024 * 1024;

    private final RouteTable table;
    private final Digests digests;
    private final Predicate<String> listable;

    /// @param listable whether the routes of an authority may be taken as complete; a digest of others is refused
    public DigestApi(RouteTable table, Digests digests, Predicate<String> listable) {
        this.table = table;
        this.digests = digests;
        this.listable = listable;
    }

    /// Adds the calls to a router.
    public void mount(Router router) {
        router.get("/digest").handler(this::digest);
        router.post(LISTING).handler(
                context -> Answers.withBody(context, MAX_BODY, body -> listing(context, body)));
        router.post(FETCH).handler(
                context -> Answers.withBody(context, MAX_BODY, body -> routes(context, body)));
        router.route("/digest").handler(context -> Answers.methodNotAllowed(context, "GET"));
        router.route(LISTING).handler(context -> Answers.methodNotAllowed(context, "POST"));
    }

    private void digest(RoutingContext context) {
        JsonObject answer = new JsonObject().put("version", HttpDigests.VERSION).put("buckets", RouteHash.BUCKETS);
        String authority = context.queryParams().get("authority");
        if (authority == null) {
            JsonObject all = new JsonObject();
            digests.summaries().forEach((each, summary) -> {
                if (listable.test(each)) {
                    all.put(each, json(summary));
                }
            });
            Answers.json(context, 200, answer.put("authorities", all));
        } else if (isListable(context, authority)) {
            Digest digest = digests.digest(authority);
            Answers.json(context, 200, answer.mergeIn(json(digest.summary())).put("sums", digest.bytes()));
        }
    }

    private boolean isListable(RoutingContext context, String authority) {
        if (!listable.test(authority)) {
            Answers.error(context, 503, "the routes of " + authority + " are not complete here yet; try again");
            return false;
        }
        return true;
    }

    private static JsonObject json(RouteSummary summary) {
        return new JsonObject().put("root", Long.toHexString(summary.root())).put("count", summary.count());
    }

    private void listing(RoutingContext context, Buffer body) {
        Question question = Question.read(body);
        if (question == null) {
            Answers.error(context, 400, "body: (expected: {\"authority\":\"…\",\"buckets\":[0-"
                    + (RouteHash.BUCKETS - 1) + ",…]})");
        } else if (isListable(context, question.authority())) {
            answerLines(context, question.buckets().stream().boxed()
                    .flatMap(bucket -> StreamSupport.stream(table.bucket(bucket).spliterator(), false))
                    .filter(route -> route.authority().equals(question.authority())).map(DigestApi::listed));
        }
    }

    private static Buffer listed(Route route) {
        return new JsonObject().put("namespace", route.namespace()).put("name", route.name())
                .put("resourceVersion", route.version().toString()).put("authority", route.authority()).toBuffer();
    }

    private void routes(RoutingContext context, Buffer body) {
        List<RouteKey> keys;
        try {
            keys = body.toString(StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank())
                    .map(JsonObject::new)
                    .map(DigestApi::key).toList();
        } catch (DecodeException e) {
            Answers.error(context, 400,
                    "body: (expected: {\"namespace\":\"…\",\"name\":\"…\"} on each line)");
            return;
        }
        answerLines(context, keys.stream().map(table::get).filter(Objects::nonNull)
                .map(route -> Buffer.buffer(RouteJson.write(route))));
    }

    private static RouteKey key(JsonObject json) {
        if (json.getValue("namespace") instanceof String namespace && json.getValue("name") instanceof String name) {
            return new RouteKey(namespace, name);
        }
        throw new DecodeException("no key");
    }

    private static void answerLines(RoutingContext context, Stream<Buffer> lines) {
        LineStream.start(context.response(), lines.iterator());
    }

    /// What a listing is asked for.
    private record Question(String authority, BitSet buckets) {
        static @Nullable Question read(Buffer body) {
            try {
                JsonObject json = new JsonObject(body);
                JsonArray given = json.getJsonArray("buckets", new JsonArray());
                BitSet buckets = new BitSet(RouteHash.BUCKETS);
                for (int i = 0; i < given.size(); i++) {
                    int bucket = given.getInteger(i);
                    if (bucket < 0 || bucket >= RouteHash.BUCKETS) {
                        return null;
                    }
                    buckets.set(bucket);
                }
                String authority = json.getString("authority");
                return authority == null ? null : new Question(authority, buckets);
            } catch (DecodeException | ClassCastException | NullPointerException e) {
                return null;
            }
        }
    }
}
