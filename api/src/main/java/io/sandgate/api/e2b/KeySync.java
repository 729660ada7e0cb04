package io.sandgate.api.e2b;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.membership.Member;
import io.sandgate.sandbox.tenant.KeyRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the routable members of changed keys at once. What does not arrive is found by [KeyPull].
final class KeySync {
    private static final Logger log = LoggerFactory.getLogger(KeySync.class);

    /// Where a replica takes changed keys.
    static final String PATH = "/keys";

    private static final Duration ATTEMPT = Duration.ofMillis(300);
    private static final int ATTEMPTS = 3;
    private static final Duration BACKOFF = Duration.ofMillis(20);
    /// How long a caller waits for members that are not known to be slow.
    private static final Duration WAIT = Duration.ofMillis(250);
    private static final int MOST = 256;

    private final Vertx vertx;
    private final OtherReplicas others;
    private final MeterRegistry meters;
    private final AtomicInteger underWay = new AtomicInteger();
    /// Members that did not answer last time, and are not waited for until they do.
    private final Set<String> slow = ConcurrentHashMap.newKeySet();

    KeySync(Vertx vertx, OtherReplicas others, MeterRegistry meters) {
        this.vertx = vertx;
        this.others = others;
        this.meters = meters;
    }

    /// Done when all members have the keys that are not known to be slow, or the wait for them is over. Never fails.
    Future<Void> push(List<KeyRecord> keys) {
        Buffer body = Json.write(KeyJson.records(keys));
        Promise<Void> told = Promise.promise();
        List<Future<Void>> awaited = others.routable().stream().map(member -> {
            boolean waitFor = !slow.contains(member.id());
            Future<Void> sent = send(member, body);
            return waitFor ? sent : Future.<Void>succeededFuture();
        }).toList();
        long timer = vertx.setTimer(WAIT.toMillis(), ignored -> told.tryComplete());
        Future.join(awaited).onComplete(done -> {
            vertx.cancelTimer(timer);
            told.tryComplete();
        });
        return told.future();
    }

    private Future<Void> send(Member member, Buffer body) {
        if (underWay.incrementAndGet() > MOST) {
            underWay.decrementAndGet();
            count("dropped");
            return Future.succeededFuture();
        }
        return attempt(member, body, 1).onComplete(result -> {
            underWay.decrementAndGet();
            if (result.succeeded()) {
                slow.remove(member.id());
                count("taken");
            } else {
                slow.add(member.id());
                count("failed");
                log.info("key.push.failed peer={} error={} (it finds what it lacks by itself)", member.id(),
                        result.cause().getMessage());
            }
        });
    }

    private Future<Void> attempt(Member member, Buffer body, int number) {
        return others.ask(member, HttpMethod.POST, PATH, "", body, "keys", ATTEMPT).compose(answer -> {
            boolean mayPass = answer.status() == 429 || answer.status() >= 500;
            if (mayPass && number < ATTEMPTS) {
                return later(member, body, number);
            }
            return Future.succeededFuture(answer.success()).<Void>mapEmpty();
        }, failure -> failure instanceof PeerFailure && number < ATTEMPTS
                ? later(member, body, number)
                : Future.failedFuture(failure));
    }

    private Future<Void> later(Member member, Buffer body, int number) {
        return vertx.timer(BACKOFF.toMillis() << (number - 1)).compose(passed -> attempt(member, body, number + 1));
    }

    private void count(String outcome) {
        Counter.builder("sandgate.keys.pushes").description("changed keys sent to other replicas, by what became of it")
                .tag("outcome", outcome).register(meters).increment();
    }
}
