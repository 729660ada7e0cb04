package io.sandgate.api.shards;

import io.sandgate.api.http.Answers;
import io.sandgate.gateway.shard.Shards;
import io.sandgate.gateway.shard.Shards.Command;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/// What operators ask of shards: `GET /shards`, `GET /shards/{number}`, `GET /pacing`, and `POST /shards/{number}/{command}` or
/// `POST /shards/{command}` for all, with the commands `restart`, `disconnect` and `connect`; `POST /shards/rescale` with `{"count":…}`;
/// `POST /shards/drain` and `/shards/fill`, which are about the replica that answers.
///
/// Any replica answers for all of them.
public final class ShardsApi {
    private static final int MAX_BODY = 1024;
    /// As many as the setting of the count allows.
    private static final int MAX_COUNT = 100_000;
    private static final String NONE = "there are no shards here: sandgate.shards.token is not set";

    private final Optional<Shards> shards;

    /// @param shards of this replica, when it has any
    public ShardsApi(Optional<Shards> shards) {
        this.shards = shards;
    }

    /// Adds the calls to a router.
    public void mount(Router router) {
        router.get("/shards").handler(context -> withShards(context, all -> answer(context, all.describe())));
        router.get("/shards/:number").handler(context -> withShards(context, all -> one(context, all)));
        router.get("/pacing").handler(context -> withShards(context, all -> answer(context,
                all.describe().thenApply(described -> described.getJsonObject("pacing")))));
        router.post("/shards/rescale").handler(context -> withShards(context, all -> Answers.withBody(context, MAX_BODY,
                body -> rescale(context, all, body))));
        router.post("/shards/drain").handler(context -> withShards(context, all -> drain(context, all, true)));
        router.post("/shards/fill").handler(context -> withShards(context, all -> drain(context, all, false)));
        for (Command command : Command.values()) {
            String name = command.name().toLowerCase(Locale.ROOT);
            router.post("/shards/" + name)
                    .handler(context -> withShards(context, all -> command(context, all, command, Set.of())));
            router.post("/shards/:number/" + name).handler(context -> withShards(context, all -> number(context)
                    .ifPresent(number -> command(context, all, command, Set.of(number)))));
        }
        router.route("/shards").handler(context -> Answers.methodNotAllowed(context, "GET"));
        router.route("/pacing").handler(context -> Answers.methodNotAllowed(context, "GET"));
    }

    private interface Call {
        void on(Shards all);
    }

    private void withShards(RoutingContext context, Call call) {
        if (shards.isEmpty()) {
            Answers.error(context, 404, NONE);
        } else if (context.request().getHeader("Origin") != null) {
            // a page of another site could otherwise have a browser send it
            Answers.error(context, 403, "this call is not for pages in a browser (expected: no Origin header)");
        } else {
            call.on(shards.get());
        }
    }

    private static Optional<Integer> number(RoutingContext context) {
        String text = context.pathParam("number");
        if (text != null && text.matches("\\d{1,6}")) {
            return Optional.of(Integer.parseInt(text));
        }
        Answers.error(context, 400, "shard: " + text + " (expected: its number, from 0)");
        return Optional.empty();
    }

    private static void one(RoutingContext context, Shards all) {
        number(context).ifPresent(number -> all.describe().whenComplete((described, failure) -> context.vertx()
                .runOnContext(ignored -> {
                    if (failure != null) {
                        context.fail(failure);
                        return;
                    }
                    JsonArray list = described.getJsonArray("shards");
                    list.stream().map(JsonObject.class::cast).filter(shard -> number.equals(shard.getInteger("id")))
                            .findFirst().ifPresentOrElse(shard -> Answers.json(context, 200, shard),
                                    () -> Answers.error(context, 404, noShard(number, described)));
                })));
    }

    private static String noShard(int number, JsonObject described) {
        int total = described.getInteger("total");
        return "there is no shard " + number + " (" + (total == 0
                ? "it is not known yet how many there are"
                : "there are 0 to " + (total - 1)) + ")";
    }

    private static void command(RoutingContext context, Shards all, Command command, Set<Integer> numbers) {
        all.describe().thenCompose(described -> {
            int total = described.getInteger("total");
            Optional<Integer> unknown = numbers.stream().filter(number -> number >= total).findFirst();
            if (unknown.isPresent()) {
                throw new NoSuchElementException(noShard(unknown.get(), described));
            }
            return all.command(command, numbers);
        }).whenComplete((answer, failure) -> context.vertx().runOnContext(ignored -> {
            if (failure == null && !answer.getString("refused").isEmpty()) {
                Answers.error(context, 503, answer.getString("refused"));
            } else if (failure == null) {
                Answers.json(context, 202, new JsonObject().put("shards", answer.getJsonArray("shards")));
            } else if (failure.getCause() instanceof NoSuchElementException none) {
                Answers.error(context, 404, String.valueOf(none.getMessage()));
            } else {
                context.fail(failure);
            }
        }));
    }

    private static void rescale(RoutingContext context, Shards all, Buffer body) {
        int count;
        try {
            count = body.toJsonObject().getInteger("count");
        } catch (DecodeException | ClassCastException | NullPointerException e) {
            Answers.error(context, 400, "the body is not one of this call (expected: {\"count\": <number of shards>})");
            return;
        }
        if (count < 1 || count > MAX_COUNT) {
            Answers.error(context, 400, "count: " + count + " (expected: 1-" + MAX_COUNT + ")");
            return;
        }
        all.rescale(count).whenComplete((refused, failure) -> context.vertx().runOnContext(ignored -> {
            if (failure != null) {
                Answers.error(context, 503, "the replica that leads did not answer; try again");
            } else if (!refused.isEmpty()) {
                Answers.error(context, 409, refused);
            } else {
                Answers.json(context, 202, new JsonObject().put("count", count));
            }
        }));
    }

    private static void drain(RoutingContext context, Shards all, boolean wanted) {
        all.drain(wanted);
        Answers.json(context, 202, new JsonObject().put("drains", wanted));
    }

    private static void answer(RoutingContext context, CompletionStage<JsonObject> stage) {
        stage.whenComplete((answer, failure) -> context.vertx().runOnContext(ignored -> {
            if (failure == null) {
                Answers.json(context, 200, answer);
            } else {
                context.fail(failure);
            }
        }));
    }
}
