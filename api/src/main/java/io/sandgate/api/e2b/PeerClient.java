package io.sandgate.api.e2b;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sandgate.api.e2b.PeerFailure.Kind;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberHealth;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.Membership;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.PoolOptions;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.net.ConnectException;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/// Sends calls to the peer listeners of other replicas, each once, over pooled connections.
final class PeerClient {
    /// Headers of an answer that are passed on to the client.
    private static final List<String> PASSED_ON = List.of("Content-Type", "Retry-After");
    private static final int KEEP_ALIVE_SECONDS = 15;
    /// How often connections are looked for that were unused for so long: each look wakes up an idle replica.
    private static final int LOOK_MILLIS = 10_000;

    private final Vertx vertx;
    private final String self;
    private final WebClient client;
    private final MeterRegistry meters;
    private final Membership membership;

    PeerClient(Vertx vertx, E2bServices services, E2bSettings settings) {
        this.vertx = vertx;
        this.membership = services.membership();
        this.self = membership.self().id();
        this.meters = services.meters();
        WebClientOptions options = new WebClientOptions(services.peerTransport())
                .setConnectTimeout((int) settings.connectTimeout().toMillis()).setKeepAlive(true)
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS);
        options.setFollowRedirects(false).setUserAgentEnabled(false);
        PoolOptions pool = new PoolOptions().setHttp1MaxSize(settings.peerConnections())
                .setMaxWaitQueueSize(settings.peerWaiting()).setCleanerPeriod(LOOK_MILLIS);
        // whoever uses a connection hears of its end by the request, and unused it is just gone
        this.client = WebClient.wrap(vertx.httpClientBuilder().with(options).with(pool)
                .withConnectHandler(connection -> connection.exceptionHandler(error -> {})).build(), options);
    }

    /// Fails with [PeerFailure] when there is no answer of that member's within the deadline, and at once when the member
    /// is not routable.
    ///
    /// @param purpose a tag of the metrics
    Future<Reply> send(Member to, PeerRequest call, String purpose, Duration deadline) {
        Timer.Sample sample = Timer.start(meters);
        Promise<Reply> answer = Promise.promise();
        if (!mayAnswer(to)) {
            answer.fail(new PeerFailure(Kind.UNREACHABLE, "it is not routable now"));
            return timed(answer.future(), sample, purpose);
        }
        long timer = vertx.setTimer(deadline.toMillis(), ignored -> answer.tryFail(timeout(deadline)));
        request(to, call, deadline).onComplete(result -> {
            vertx.cancelTimer(timer);
            try {
                answer.tryComplete(read(to, result));
            } catch (PeerFailure e) {
                answer.tryFail(e);
            }
        });
        return timed(answer.future(), sample, purpose);
    }

    /// One that joins has said nothing healthy yet, and answers all the same.
    private boolean mayAnswer(Member member) {
        return member.state() == MemberState.JOINING || membership.health(member.id()) == MemberHealth.ROUTABLE;
    }

    private Future<Reply> timed(Future<Reply> answer, Timer.Sample sample, String purpose) {
        return answer.onComplete(result -> sample.stop(
                Timer.builder("sandgate.api.forwards").description("calls to peers that own what the call is about")
                        .tag("purpose", purpose).tag("outcome", outcome(result)).register(meters)));
    }

    void close() {
        client.close();
    }

    private Future<HttpResponse<Buffer>> request(Member to, PeerRequest call, Duration deadline) {
        HttpRequest<Buffer> request = client.request(call.method(), to.peer().port(), to.peer().host(), call.uri())
                .idleTimeout(deadline.toMillis()).putHeader(PeerRequest.HOP, self)
                .putHeader(PeerRequest.OWNER, URLEncoder.encode(call.request().owner(), StandardCharsets.UTF_8))
                .putHeader(RequestIds.HEADER, call.request().requestId());
        String key = call.request().caller().keyId();
        if (!key.isEmpty()) {
            request.putHeader(PeerRequest.KEY, key);
        }
        Buffer body = call.request().body();
        return body.length() == 0
                ? request.send()
                : request.putHeader("Content-Type", "application/json").sendBuffer(body);
    }

    private static Reply read(Member to, AsyncResult<HttpResponse<Buffer>> result) {
        if (result.failed()) {
            throw failure(result.cause());
        }
        HttpResponse<Buffer> response = result.result();
        String replica = response.getHeader(PeerRequest.REPLICA);
        if (!to.id().equals(replica)) {
            throw new PeerFailure(Kind.BROKEN, "status " + response.statusCode() + " from "
                    + (replica == null ? "something else" : replica) + " (expected: an answer of " + to.id() + ")");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String name : PASSED_ON) {
            String value = response.getHeader(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        Buffer body = response.body();
        return new Reply(response.statusCode(), headers, body == null ? Buffer.buffer() : body, false);
    }

    private static PeerFailure failure(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return switch (cause) {
            case ConnectException e -> new PeerFailure(Kind.UNREACHABLE, message);
            case UnknownHostException e -> new PeerFailure(Kind.UNREACHABLE, message);
            case SSLException e -> new PeerFailure(Kind.UNREACHABLE, message);
            case ConnectionPoolTooBusyException e -> new PeerFailure(Kind.BUSY, message);
            case TimeoutException e -> new PeerFailure(Kind.TIMEOUT, message);
            default -> new PeerFailure(Kind.BROKEN, message);
        };
    }

    private static PeerFailure timeout(Duration deadline) {
        return new PeerFailure(Kind.TIMEOUT, "no answer within " + deadline.toMillis() + " ms");
    }

    private static String outcome(AsyncResult<Reply> result) {
        return result.failed() && result.cause() instanceof PeerFailure failure
                ? failure.kind().name().toLowerCase(Locale.ROOT)
                : "answered";
    }
}
