package io.sandgate.proxy.forward;

import io.sandgate.proxy.route.Route;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The data plane on one event loop: takes each request of the public listener first. Confined to that event loop.
public final class DataPlane {

    private final Addressing addressing;
    private final RouteLookup lookup;
    private final LoopResources loop;

    DataPlane(Addressing addressing, RouteLookup lookup, LoopResources loop) {
        this.addressing = addressing;
        this.lookup = lookup;
        this.loop = loop;
    }

    /// Takes a request, if it is one for a sandbox or one that nobody should serve.
    ///
    /// To be called as the request arrives, before any of its body was asked for.
    ///
    /// @return false for a request to the lifecycle API, which is left untouched
    public boolean handle(HttpServerRequest request) {
        // a client that breaks its connection is nothing to log: its request hears of it
        request.connection().exceptionHandler(error -> {});
        MultiMap fields = request.headers();
        String method = request.method().name();
        Refusal refusal = RequestRules.refusal(method, request.version() == HttpVersion.HTTP_1_0,
                fields.getAll(HttpHeaders.HOST), fields.getAll(HttpHeaders.TRANSFER_ENCODING),
                fields.getAll(HttpHeaders.CONTENT_LENGTH), fields.getAll(HttpHeaders.CONNECTION),
                fields.get(HttpHeaders.EXPECT));
        if (refusal != null) {
            refuse(request, refusal, true);
            return true;
        }
        return switch (addressing.target(method, request.uri(), host(fields), routing(fields, Addressing.ID_FIELD),
                routing(fields, Addressing.PORT_FIELD))) {
            case Target.Lifecycle lifecycle -> false;
            case Target.Malformed malformed -> {
                refuse(request, malformed.refusal(), false);
                yield true;
            }
            case Target.Sandbox sandbox -> {
                find(request, sandbox);
                yield true;
            }
        };
    }

    private static String host(MultiMap fields) {
        String host = fields.get(HttpHeaders.HOST);
        return host == null ? "" : host;
    }

    /// A routing field; given twice, it is what no rule accepts.
    private static @Nullable String routing(MultiMap fields, String name) {
        return fields.contains(name) ? String.join(",", fields.getAll(name)) : null;
    }

    private void find(HttpServerRequest request, Target.Sandbox target) {
        RequestBody body = new RequestBody(loop.vertx(), request);
        Route route = lookup.find(target.id());
        if (route != null) {
            admit(request, target, body, route);
            return;
        }
        Future.fromCompletionStage(lookup.ask(target.id()), loop.context())
                .timeout(loop.settings().askTimeout().toMillis(), TimeUnit.MILLISECONDS).onComplete(asked -> {
                    Route known = lookup.find(target.id());
                    if (!request.response().closed()) {
                        admit(request, target, body, known == null ? asked.result() : known);
                    }
                });
    }

    private void admit(HttpServerRequest request, Target.Sandbox target, RequestBody body, @Nullable Route route) {
        switch (Admission.of(route, target, request.headers().contains(Admission.TOKEN_FIELD))) {
            case Admission.Forward forward -> new Exchange(loop, request, target, forward.route(), body).start();
            case Admission.Refuse refuse -> {
                loop.metrics().refused(refuse.refusal().reason());
                new Answer(request).refuse(refuse.refusal(), body, false);
            }
        }
    }

    private void refuse(HttpServerRequest request, Refusal refusal, boolean broken) {
        loop.metrics().refused(refusal.reason());
        new Answer(request).refuse(refusal, new RequestBody(loop.vertx(), request), broken);
    }

    Context context() {
        return loop.context();
    }

    UpstreamPools pools() {
        return loop.pools();
    }
}
