package io.sandgate.e2e.bench;

import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteJson;
import io.sandgate.proxy.route.RouteJson.MalformedRouteException;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.proxy.route.RouteVersion;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/// A peer that takes route changes and needs a while for its answer. Confined to its event loop.
///
/// It keeps what came as it came, and reads it when it is asked: many of them share one event loop, and none shall be slow
/// for what the others do.
final class StubPeer {

    private static final int LONGEST_ANSWER_MILLIS = 10;
    private static final String APPLIED = "{\"result\":\"applied\",\"reason\":\"newer\"}\n";

    /// How a peer takes its first requests.
    enum Temper {
        /// Takes them.
        GOOD,
        /// Answers the first three with 503.
        REFUSING,
        /// Does not answer the first three at all.
        STUCK
    }

    private static final int BAD_REQUESTS = 3;

    private final String id;
    private final Vertx vertx;
    private final HttpServer server;
    private final Temper temper;
    private final Traffic traffic;
    private final Random random;
    private final List<Buffer> bodies = new ArrayList<>();
    private int taken;
    private int requests;

    /// @param vertx with one event loop, on which all of this runs
    StubPeer(int number, Vertx vertx, Temper temper, Traffic traffic) {
        this.id = "stub-" + number;
        this.vertx = vertx;
        this.temper = temper;
        this.traffic = traffic;
        this.random = new Random(number);
        this.server = vertx.createHttpServer().requestHandler(this::take);
    }

    Future<?> listen() {
        return server.listen(0, "127.0.0.1");
    }

    Member member() {
        return new Member(id, 1, new Endpoint("127.0.0.1", server.actualPort()), new Endpoint("127.0.0.1", 1),
                MemberState.READY);
    }

    /// How many routes came so far, older versions and repetitions included.
    int taken() {
        return taken;
    }

    /// The newest version of each route that came.
    Map<RouteKey, RouteVersion> newest() {
        Map<RouteKey, RouteVersion> newest = new HashMap<>();
        for (Buffer body : bodies) {
            body.toString().lines().map(StubPeer::read)
                    .forEach(route -> newest.merge(route.key(), route.version(), StubPeer::newer));
        }
        return newest;
    }

    private static Route read(String json) {
        try {
            return Objects.requireNonNull(RouteJson.read(json.getBytes(StandardCharsets.UTF_8)));
        } catch (MalformedRouteException e) {
            throw new IllegalStateException(json, e);
        }
    }

    private static RouteVersion newer(RouteVersion one, RouteVersion other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private void take(HttpServerRequest request) {
        boolean bad = requests++ < BAD_REQUESTS && temper != Temper.GOOD;
        traffic.began();
        if (bad && temper == Temper.STUCK) {
            request.connection().closeHandler(closed -> traffic.ended());
            return;
        }
        request.body().onSuccess(body -> vertx.setTimer(1 + random.nextInt(LONGEST_ANSWER_MILLIS), fired -> {
            traffic.ended();
            if (bad) {
                request.response().setStatusCode(503).end();
            } else {
                answer(request, body);
            }
        }));
    }

    private void answer(HttpServerRequest request, Buffer body) {
        bodies.add(body);
        if (request.path().equals("/refresh")) {
            taken++;
            request.response().setStatusCode(204).end();
            return;
        }
        int lines = 0;
        for (int i = 0; i < body.length(); i++) {
            lines += body.getByte(i) == '\n' ? 1 : 0;
        }
        taken += lines;
        request.response().end(APPLIED.repeat(lines));
    }
}
