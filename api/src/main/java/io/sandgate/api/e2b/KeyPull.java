package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.sandbox.tenant.KeyDigest;
import io.sandgate.sandbox.tenant.KeyRecord;
import io.sandgate.sandbox.tenant.KeyRing;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds keys that were changed elsewhere without this replica having heard of it: once a second it compares a digest of all
/// with that of one other member, chosen anew each time, and fetches what differs.
final class KeyPull {
    private static final Logger log = LoggerFactory.getLogger(KeyPull.class);

    static final String DIGEST = "/keys/digest";
    static final String FINGERPRINTS = "/keys/fingerprints";
    static final String FETCH = "/keys/fetch";

    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final int BATCH = 500;

    private final Vertx vertx;
    private final OtherReplicas others;
    private final KeyRing ring;
    private final Workers workers;
    private final RandomGenerator random;
    private final Counter fetched;
    private volatile boolean closed;

    KeyPull(Vertx vertx, OtherReplicas others, TenantServices tenants, Workers workers, MeterRegistry meters) {
        this.vertx = vertx;
        this.others = others;
        this.ring = tenants.keys();
        this.workers = workers;
        this.random = tenants.random();
        this.fetched = Counter.builder("sandgate.keys.fetched")
                .description("keys that another replica knew more of, found by comparing").register(meters);
    }

    /// Begins to compare.
    void start() {
        long wait = EVERY.toMillis() / 2 + random.nextLong(EVERY.toMillis());
        vertx.setTimer(wait, ignored -> {
            List<Member> members = others.routable();
            if (closed) {
                return;
            }
            if (members.isEmpty()) {
                start();
                return;
            }
            Member member = members.get(random.nextInt(members.size()));
            compare(member).onFailure(failure -> log.debug("key.pull.failed peer={} error={}", member.id(),
                    failure.getMessage())).onComplete(done -> start());
        });
    }

    void close() {
        closed = true;
    }

    /// Done when one ready member has told all that it knows; at once when there is none.
    Future<Void> join() {
        List<Member> ready = others.all().stream().filter(member -> member.state() == MemberState.READY).toList();
        if (ready.isEmpty() || closed) {
            return Future.succeededFuture();
        }
        return Future.any(ready.stream().map(this::compare).toList()).<Void>mapEmpty().recover(
                failure -> vertx.timer(EVERY.toMillis()).compose(passed -> join()));
    }

    private Future<Void> compare(Member member) {
        return get(member, DIGEST).compose(json -> digest(json).equals(ring.digest())
                ? Future.succeededFuture()
                : get(member, FINGERPRINTS).compose(prints -> fetch(member, differing(prints), 0)));
    }

    /// Those that are here and not there are the other's to fetch.
    private List<String> differing(JsonNode prints) {
        Map<String, Long> mine = ring.fingerprints();
        List<String> ids = new ArrayList<>();
        prints.properties().forEach(entry -> {
            if (mine.getOrDefault(entry.getKey(), 0L) != entry.getValue().asLong()) {
                ids.add(entry.getKey());
            }
        });
        return ids;
    }

    private Future<Void> fetch(Member member, List<String> ids, int from) {
        if (from >= ids.size()) {
            return Future.succeededFuture();
        }
        int end = Math.min(ids.size(), from + BATCH);
        ObjectNode wanted = Json.object();
        ArrayNode list = wanted.putArray("ids");
        ids.subList(from, end).forEach(list::add);
        return others.ask(member, HttpMethod.POST, FETCH, "", Json.write(wanted), "keys", DEADLINE)
                .compose(answer -> {
                    List<KeyRecord> heard = KeyJson.records(JsonBody.parse(Json.write(answer.success())));
                    return workers.run(() -> {
                        ring.join(heard);
                        return heard.size();
                    });
                }).compose(size -> {
                    fetched.increment(size);
                    log.info("key.fetched peer={} count={}", member.id(), size);
                    return fetch(member, ids, end);
                });
    }

    private Future<JsonNode> get(Member member, String path) {
        return others.ask(member, HttpMethod.GET, path, "", Buffer.buffer(), "keys", DEADLINE)
                .map(OtherReplicas.Answer::success);
    }

    private static KeyDigest digest(JsonNode json) {
        return new KeyDigest(json.path("sum").asLong(), json.path("count").asInt(-1));
    }
}
