package io.sandgate.api.peer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.api.http.Answers;
import io.sandgate.proxy.replicate.HttpPeers;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteJson;
import io.sandgate.proxy.route.RouteJson.MalformedRouteException;
import io.sandgate.proxy.route.RouteResult;
import io.sandgate.proxy.route.RouteResult.Outcome;
import io.sandgate.proxy.route.RouteResult.Reason;
import io.sandgate.proxy.route.RouteTable;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes route changes: `POST /refresh` with one, `POST /refresh/batch` with one on each line.
///
/// `/refresh` is wire-compatible with OpenKruise Agents: 204 for what is applied, stale, or of the legacy form that has
/// only an id; 400 for what is no valid route; 413 over 1 MiB; 405 for other methods; 429 while too many are under way.
public final class RefreshApi {
    private static final Logger log = LoggerFactory.getLogger(RefreshApi.class);
    private static final int MAX_BODY = 1024 * 1024;
    /// Requests whose bodies may be in memory at once: more than a cluster has replicas, each of which sends one at a time.
    static final int MOST_AT_ONCE = 256;

    private final RouteTable table;
    private final Consumer<String> missedChanges;
    private final MeterRegistry registry;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicBoolean flooded = new AtomicBoolean();

    /// @param missedChanges called with the id of a sender who says that this replica missed changes of it
    public RefreshApi(RouteTable table, Consumer<String> missedChanges, MeterRegistry registry) {
        this.table = table;
        this.missedChanges = missedChanges;
        this.registry = registry;
    }

    /// Adds the calls to a router.
    public void mount(Router router) {
        router.post("/refresh").handler(context -> take(context, body -> refresh(context, body.getBytes())));
        router.post("/refresh/batch").handler(context -> take(context, body -> batch(context, body.getBytes())));
        router.route("/refresh").handler(context -> Answers.methodNotAllowed(context, "POST"));
        router.route("/refresh/batch").handler(context -> Answers.methodNotAllowed(context, "POST"));
    }

    private void take(RoutingContext context, Consumer<Buffer> reader) {
        if (underWay.incrementAndGet() > MOST_AT_ONCE) {
            underWay.decrementAndGet();
            refuse(context);
            return;
        }
        context.addEndHandler(done -> {
            if (underWay.decrementAndGet() <= MOST_AT_ONCE / 2) {
                flooded.set(false);
            }
        });
        Answers.withBody(context, MAX_BODY, reader);
    }

    private void refuse(RoutingContext context) {
        Counter.builder("sandgate.refresh.refused")
                .description("Requests with route changes that were refused, since too many were under way")
                .register(registry).increment();
        if (flooded.compareAndSet(false, true)) {
            log.warn(
                    "refresh.flood remote={} (more than {} requests with route changes at once: refusing further ones)",
                    context.request().connection().remoteAddress().hostAddress(), MOST_AT_ONCE);
        }
        Answers.closeAfter(context);
        context.response().putHeader("retry-after", "1");
        Answers.error(context, 429,
                "more than " + MOST_AT_ONCE + " requests with route changes are under way; try again");
    }

    private void refresh(RoutingContext context, byte[] body) {
        hearSender(context);
        try {
            RouteResult result = apply(body);
            if (result.outcome() == Outcome.INVALID) {
                Answers.error(context, 400, "the route is invalid: " + result.reason().word());
            } else if (result.reason() == Reason.TABLE_FULL) {
                Answers.error(context, 503, "the route table of this replica is full");
            } else {
                context.response().setStatusCode(204).end();
            }
        } catch (MalformedRouteException e) {
            count(Outcome.INVALID, e.reason());
            Answers.error(context, 400, String.valueOf(e.getMessage()));
        }
    }

    private void batch(RoutingContext context, byte[] body) {
        hearSender(context);
        Buffer answer = Buffer.buffer();
        for (String line : lines(body)) {
            Outcome outcome;
            Reason reason;
            try {
                RouteResult result = apply(line.getBytes(StandardCharsets.UTF_8));
                outcome = result.outcome();
                reason = result.reason();
            } catch (MalformedRouteException e) {
                outcome = Outcome.INVALID;
                reason = e.reason();
                count(outcome, reason);
            }
            answer.appendString("{\"result\":\"" + outcome.word() + "\",\"reason\":\"" + reason.word() + "\"}\n");
        }
        context.response().putHeader("content-type", "application/x-ndjson").end(answer);
    }

    private static List<String> lines(byte[] body) {
        return new String(body, StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank()).toList();
    }

    private void hearSender(RoutingContext context) {
        String sender = context.request().getHeader(HttpPeers.SENDER);
        if (sender != null && context.request().headers().contains(HttpPeers.RECONCILE)) {
            missedChanges.accept(sender);
        }
    }

    private RouteResult apply(byte[] json) throws MalformedRouteException {
        Route route = RouteJson.read(json);
        RouteResult result = route == null
                ? new RouteResult(Outcome.IGNORED, Reason.MISSING_FIELD)
                : table.apply(route);
        count(result.outcome(), result.reason());
        if (route != null) {
            note(route, result);
        }
        return result;
    }

    private static void note(Route route, RouteResult result) {
        if (result.outcome() == Outcome.INVALID || result.reason() == Reason.ID_TAKEOVER) {
            log.warn("route.{} reason={} route={}", result.outcome().word(), result.reason().word(), route);
        } else {
            log.debug("route.{} reason={} route={}", result.outcome().word(), result.reason().word(), route);
        }
    }

    private void count(Outcome outcome, Reason reason) {
        Counter.builder("sandgate.refresh.routes").description("Route changes received, by what became of them")
                .tag("result", outcome.word()).tag("reason", reason.word()).register(registry).increment();
    }
}
