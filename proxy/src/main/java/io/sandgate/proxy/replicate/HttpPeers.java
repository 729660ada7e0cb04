package io.sandgate.proxy.replicate;

import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteJson;
import io.sandgate.proxy.route.RouteJson.MalformedRouteException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.parsetools.RecordParser;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The peer API's client: pushes, lookups and lists over pooled keep-alive connections.
///
/// May be used from any thread; a request that is sent on a Vert.x context is answered on it. An answer is bounded in
/// time and size whatever the peer sends, and redirects are not followed.
public final class HttpPeers implements PeerTransport, RouteFetch, AutoCloseable {

    /// Names the replica that sends, in requests and in answers.
    public static final String SENDER = "Sandgate-Replica";
    /// Tells the receiver that it missed changes of the sender and must fetch them.
    public static final String RECONCILE = "Sandgate-Reconcile";

    /// A push, a lookup and a list may be under way to one peer at once.
    static final int CONNECTIONS_PER_PEER = 4;
    private static final int MAX_ROUTE_BYTES = 1024 * 1024;
    private static final int KEEP_ALIVE_SECONDS = 60;
    /// How often connections are looked for that were unused for so long: each look wakes up an idle replica.
    private static final int LOOK_MILLIS = 10_000;

    /// How long a peer may take.
    ///
    /// @param connect to get a connection
    /// @param lookup to answer a question
    /// @param listIdle between two pieces of a list
    /// @param list for a whole list
    record Timeouts(Duration connect, Duration lookup, Duration listIdle, Duration list) {
        static final Timeouts DEFAULT = new Timeouts(Duration.ofMillis(200), Duration.ofMillis(300),
                Duration.ofSeconds(10), Duration.ofMinutes(2));
    }

    private final String self;
    private final Timeouts timeouts;
    private final HttpClient http;

    /// @param self the id of this replica
    /// @param transport how peers are reached: TLS or not; bounds and timeouts are those of this class
    public HttpPeers(Vertx vertx, String self, HttpClientOptions transport) {
        this(vertx, self, transport, Timeouts.DEFAULT);
    }

    HttpPeers(Vertx vertx, String self, HttpClientOptions transport, Timeouts timeouts) {
        this.self = self;
        this.timeouts = timeouts;
        // whoever uses a connection hears of its end by the request, and unused it is just gone
        http = vertx.httpClientBuilder()
                .with(new HttpClientOptions(transport).setConnectTimeout((int) timeouts.connect().toMillis())
                        .setKeepAlive(true).setKeepAliveTimeout(KEEP_ALIVE_SECONDS).setTcpNoDelay(true))
                .with(new PoolOptions().setHttp1MaxSize(CONNECTIONS_PER_PEER).setMaxWaitQueueSize(1_000)
                        .setCleanerPeriod(LOOK_MILLIS))
                .withConnectHandler(connection -> connection.exceptionHandler(error -> {})).build();
    }

    @Override
    public CompletionStage<Integer> send(Member peer, List<EncodedRoute> batch, boolean reconcile, Duration timeout) {
        boolean single = batch.size() == 1;
        RequestOptions options = request(HttpMethod.POST, peer.peer(), single ? "/refresh" : "/refresh/batch", timeout)
                .putHeader("content-type", single ? "application/json" : "application/x-ndjson");
        if (reconcile) {
            options.putHeader(RECONCILE, "1");
        }
        // judged after the exchange, which keeps the connection of a refusal that was read to its end
        return exchange(options, single ? batch.getFirst().json() : lines(batch), timeout,
                response -> BoundedBody.read(response, MAX_ROUTE_BYTES)
                        .map(body -> new Answer(response.statusCode(), body)))
                .map(answer -> invalid(peer, answer, single)).toCompletionStage();
    }

    private record Answer(int status, Buffer body) {}

    private static Buffer lines(List<EncodedRoute> batch) {
        Buffer lines = Buffer.buffer(batch.stream().mapToInt(route -> route.json().length() + 1).sum());
        batch.forEach(route -> lines.appendBuffer(route.json()).appendByte((byte) '\n'));
        return lines;
    }

    private static int invalid(Member peer, Answer answer, boolean single) {
        if (answer.status() / 100 != 2) {
            throw new PeerRefusedException(peer.id(), answer.status());
        }
        return single
                ? 0
                : (int) answer.body().toString().lines().filter(line -> line.contains("\"result\":\"invalid\""))
                        .count();
    }

    @Override
    public CompletionStage<@Nullable Route> route(Endpoint peer, String id) {
        if (id.isEmpty() || id.equals(".") || id.equals("..")) {
            // no segment of a path, so no route can be asked for by it
            return CompletableFuture.completedFuture(null);
        }
        RequestOptions options = request(HttpMethod.GET, peer, "/routes/" + encoded(id), timeouts.lookup());
        return this.<@Nullable Route>exchange(options, Buffer.buffer(), timeouts.lookup(),
                response -> switch (response.statusCode()) {
                    case 200 -> BoundedBody.read(response, MAX_ROUTE_BYTES).map(json -> read(peer, json));
                    case 404 -> Future.succeededFuture();
                    default -> throw new PeerRefusedException(peer.toString(), response.statusCode());
                }).toCompletionStage();
    }

    @Override
    public CompletionStage<Void> routes(Member peer, String authority, Consumer<Route> each) {
        RequestOptions options = listRequest(HttpMethod.GET, peer.peer(), "/routes?authority=" + encoded(authority));
        return exchange(options, Buffer.buffer(), timeouts.list(), response -> {
            requireAnswerOf(peer, response);
            return list(peer.peer(), response, each);
        }).toCompletionStage();
    }

    /// Refuses the answer of a replica that listens where the peer did: a list is the truth only of who it is from.
    static void requireAnswerOf(Member peer, HttpClientResponse response) {
        if (response.statusCode() != 200) {
            throw new PeerRefusedException(peer.id(), response.statusCode());
        }
        String name = response.getHeader(SENDER);
        if (!peer.id().equals(name)) {
            throw new IllegalStateException("peer " + peer.peer() + " answers as "
                    + (name == null ? "nobody" : "another replica") + " (expected: " + SENDER + ": " + peer.id() + ")");
        }
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// How long a digest or a listing may take.
    Duration wholeList() {
        return timeouts.list();
    }

    /// The options of a request; `idle` is the longest time without a byte.
    RequestOptions request(HttpMethod method, Endpoint peer, String uri, Duration idle) {
        return new RequestOptions().setMethod(method).setHost(peer.host()).setPort(peer.port()).setURI(uri)
                .setConnectTimeout(timeouts.connect().toMillis()).setIdleTimeout(idle.toMillis())
                .putHeader(SENDER, self);
    }

    /// A request whose answer is a list, with as long a pause as lists may have; before the connection, too: the first
    /// handshake of a JVM that has just started takes longer than a push may wait for.
    RequestOptions listRequest(HttpMethod method, Endpoint peer, String uri) {
        return request(method, peer, uri, timeouts.listIdle()).setConnectTimeout(timeouts.listIdle().toMillis());
    }

    /// Asks and reads the answer. A request that fails or takes too long is reset: it is not in flight any more when the
    /// caller hears of it.
    <T extends @Nullable Object> Future<T> exchange(RequestOptions options, Buffer body,
            Duration whole,
            Function<HttpClientResponse, Future<T>> reader) {
        Future<HttpClientRequest> connected = http.request(options);
        return connected.compose(request -> request.send(body).compose(response -> {
            // what fails before the reader listens, or after it has given up, has been told by then
            response.exceptionHandler(error -> {});
            return reader.apply(response);
        })).timeout(whole.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(error -> connected.onSuccess(HttpClientRequest::reset));
    }

    static @Nullable Route read(Endpoint peer, Buffer json) {
        try {
            return RouteJson.read(json.getBytes());
        } catch (MalformedRouteException e) {
            throw new IllegalStateException("peer " + peer + " sent a route that is none: " + e.getMessage(), e);
        }
    }

    private static Future<Void> list(Endpoint peer, HttpClientResponse response, Consumer<Route> each) {
        return lines(response, line -> {
            Route route = read(peer, line);
            if (route != null) {
                each.accept(route);
            }
        });
    }

    /// Reads an answer line by line; a line that the consumer refuses makes it fail.
    static Future<Void> lines(HttpClientResponse response, Consumer<Buffer> each) {
        Promise<Void> done = Promise.promise();
        RecordParser lines = RecordParser.newDelimited("\n", response).maxRecordSize(MAX_ROUTE_BYTES);
        lines.exceptionHandler(done::tryFail).endHandler(done::tryComplete).handler(line -> {
            if (done.future().isComplete()) {
                return;
            }
            try {
                each.accept(line);
            } catch (RuntimeException e) {
                done.tryFail(e);
            }
        });
        return done.future();
    }

    /// Closes the connections.
    @Override
    public void close() {
        http.close();
    }
}
