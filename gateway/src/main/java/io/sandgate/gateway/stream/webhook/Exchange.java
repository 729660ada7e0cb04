package io.sandgate.gateway.stream.webhook;

import io.sandgate.proxy.replicate.Loop;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the books of all replicas the same: a change is pushed to all at once, and every ten seconds the whole is compared with
/// one other replica, chosen anew each time, by a digest that costs nothing while both know the same. Confined to its loop.
///
/// A body has up to three members: `digest`, which is answered with `stamps` if the other knows something else; `records` to
/// take; and `want`, ids whose records are answered.
final class Exchange {
    private static final Logger log = LoggerFactory.getLogger(Exchange.class);
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    /// Records of one message.
    private static final int BATCH = 256;

    private final Loop loop;
    private final WebhookBook book;
    private final WebhookPeers peers;
    private final RandomGenerator random;
    private final Consumer<List<WebhookRecord>> taken;
    private boolean closed;

    /// @param taken told of records that were news
    Exchange(Loop loop, WebhookBook book, WebhookPeers peers, RandomGenerator random,
            Consumer<List<WebhookRecord>> taken) {
        this.loop = loop;
        this.book = book;
        this.peers = peers;
        this.random = random;
        this.taken = taken;
    }

    /// Begins to compare: first with all others, then from time to time with one.
    ///
    /// @return done when all that could be asked have answered or failed
    CompletionStage<Void> start() {
        List<CompletableFuture<Void>> all = peers.members().stream().map(this::compare)
                .map(compared -> compared.exceptionally(failure -> null).toCompletableFuture()).toList();
        later();
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    void close() {
        closed = true;
    }

    /// Tells all others of changes.
    ///
    /// @return done when all have answered or failed
    CompletionStage<Void> push(Collection<WebhookRecord> records) {
        JsonObject body = new JsonObject().put("records", WebhookJson.write(records));
        return CompletableFuture.allOf(peers.members().stream().map(member -> peers.exchange(member, body, TIMEOUT)
                .<Void>thenApply(answer -> null).exceptionally(failure -> {
                    log.info("webhooks.push.failed peer={} error=\"{}\" (it finds what it lacks by itself)", member,
                            failure.getMessage());
                    return null;
                }).toCompletableFuture()).toArray(CompletableFuture[]::new));
    }

    /// What this replica answers to a body.
    ///
    /// @throws IllegalArgumentException when it is none
    JsonObject answer(JsonObject body) {
        take(body);
        JsonObject answer = new JsonObject();
        String digest = text(body, "digest");
        if (!digest.isEmpty() && !digest.equals(book.digest())) {
            JsonObject stamps = new JsonObject();
            book.stamps().forEach(stamps::put);
            answer.put("stamps", stamps);
        }
        List<String> wanted = new ArrayList<>();
        array(body, "want").stream().limit(BATCH).forEach(id -> wanted.add(String.valueOf(id)));
        if (!wanted.isEmpty()) {
            answer.put("records", WebhookJson.write(book.records(wanted)));
        }
        return answer;
    }

    private void later() {
        long millis = EVERY.toMillis() / 2 + random.nextLong(EVERY.toMillis());
        loop.after(Duration.ofMillis(millis), () -> {
            if (closed) {
                return;
            }
            List<String> members = peers.members();
            if (!members.isEmpty()) {
                String member = members.get(random.nextInt(members.size()));
                compare(member).whenComplete((done, failure) -> {
                    if (failure != null) {
                        log.debug("webhooks.compare.failed peer={} error=\"{}\"", member, failure.getMessage());
                    }
                });
            }
            later();
        });
    }

    private CompletionStage<Void> compare(String member) {
        return ask(member, new JsonObject().put("digest", book.digest())).thenCompose(onLoop(answer -> {
            JsonObject stamps = object(answer, "stamps");
            return stamps.isEmpty() && !answer.containsKey("stamps")
                    ? CompletableFuture.completedStage(null)
                    : swap(member, differing(stamps), 0);
        }));
    }

    /// Both sides' records of what differs; each takes what is newer.
    private List<String> differing(JsonObject stamps) {
        Map<String, String> mine = book.stamps();
        List<String> ids = new ArrayList<>(stamps.fieldNames());
        mine.keySet().stream().filter(id -> !stamps.containsKey(id)).forEach(ids::add);
        ids.removeIf(id -> String.valueOf(mine.get(id)).equals(stamps.getValue(id)));
        return ids;
    }

    private CompletionStage<Void> swap(String member, List<String> ids, int from) {
        if (from >= ids.size()) {
            return CompletableFuture.completedStage(null);
        }
        List<String> some = ids.subList(from, Math.min(ids.size(), from + BATCH));
        JsonObject body = new JsonObject().put("want", new JsonArray(some)).put("records",
                WebhookJson.write(book.records(some)));
        return ask(member, body).thenCompose(onLoop(answer -> {
            take(answer);
            return swap(member, ids, from + BATCH);
        }));
    }

    private CompletionStage<JsonObject> ask(String member, JsonObject body) {
        return peers.exchange(member, body, TIMEOUT);
    }

    private Function<JsonObject, CompletionStage<Void>> onLoop(Function<JsonObject, CompletionStage<Void>> step) {
        return answer -> CompletableFuture.completedFuture(answer).thenComposeAsync(step, loop);
    }

    private void take(JsonObject body) {
        List<WebhookRecord> news = book.join(WebhookJson.read(array(body, "records")));
        if (!news.isEmpty()) {
            taken.accept(news);
        }
    }

    private static String text(JsonObject body, String name) {
        return body.getValue(name, "") instanceof String text ? text : "";
    }

    private static JsonArray array(JsonObject body, String name) {
        return body.getValue(name) instanceof JsonArray array ? array : new JsonArray();
    }

    private static JsonObject object(JsonObject body, String name) {
        return body.getValue(name) instanceof JsonObject object ? object : new JsonObject();
    }
}
