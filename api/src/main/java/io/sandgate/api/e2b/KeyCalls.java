package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.sandgate.api.e2b.Caller.Role;
import io.sandgate.sandbox.tenant.KeyRecord;
import io.sandgate.sandbox.tenant.KeyRing;
import io.sandgate.sandbox.tenant.NewKey;
import io.sandgate.sandbox.tenant.Quota;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The calls that make, show, change and revoke keys.
///
/// Whoever administers its own team may give no more than it has itself, since it could lift its own limits otherwise.
///
/// @param ring the keys
/// @param max how many there may be
/// @param sync tells the other replicas
/// @param workers where what blocks runs
record KeyCalls(KeyRing ring, int max, KeySync sync, Workers workers) {
    private static final Logger log = LoggerFactory.getLogger(KeyCalls.class);
    private static final Comparator<KeyRecord> ORDER = Comparator.comparing(KeyRecord::createdAt)
            .thenComparing(KeyRecord::id);

    Future<Reply> list(ApiRequest request) {
        String team = QueryString.parse(request.query()).first("teamID");
        ArrayNode json = Json.array();
        visible(request.caller()).filter(key -> team == null || key.team().equals(team)).sorted(ORDER)
                .forEach(key -> json.add(KeyJson.shown(key)));
        return Future.succeededFuture(Reply.json(200, json));
    }

    Future<Reply> create(ApiRequest request) {
        Caller caller = request.caller();
        JsonBody body = JsonBody.parse(request.body());
        String team = Objects.requireNonNullElse(body.text("team"), caller.team());
        mayAdminister(caller, team);
        if (ring.isFull()) {
            throw ApiException.of(409, "There are " + max + " API keys already, revoked ones of the last 30 days among "
                    + "them (sandgate.api.max-keys)");
        }
        String name = body.text("name");
        if (name == null) {
            throw ApiException.invalid("name: (absent) (expected: 1-100 printable characters)");
        }
        Limits own = own(caller);
        Limits given = valid(() -> new Limits(
                body.member("quota").isMissingNode() ? own.quota() : KeyJson.quota(body.object("quota")),
                rate(body, own.rate())));
        mayGive(caller, given);
        NewKey wish = new NewKey(team, name, body.flag("admin", false), caller.name(), given.quota(), given.rate());
        return workers.run(() -> valid(() -> ring.create(wish))).compose(created -> {
            log.info("key.created id={} team={} admin={} by={}", created.record().id(), team, wish.admin(),
                    caller.name());
            return sync.push(List.of(created.record()))
                    .map(told -> Reply.json(201, KeyJson.created(created.record(), created.key())));
        });
    }

    Future<Reply> change(ApiRequest request) {
        JsonBody body = JsonBody.parse(request.body());
        KeyRecord key = administered(request);
        String name = Objects.requireNonNullElse(body.text("name"), key.name());
        Limits given = valid(() -> new Limits(
                body.member("quota").isMissingNode() ? key.quota() : KeyJson.quota(body.object("quota")),
                rate(body, key.rate())));
        if (!given.equals(new Limits(key.quota(), key.rate()))) {
            mayGive(request.caller(), given);
        }
        return workers
                .run(() -> valid(() -> ring.change(key.id(), now -> now.with(name, given.quota(), given.rate())))
                        .orElseThrow(() -> noSuchKey(key.id())))
                .compose(changed -> {
                    log.info("key.changed id={} team={} by={}", key.id(), key.team(), request.caller().name());
                    return sync.push(List.of(changed)).map(told -> Reply.json(200, KeyJson.shown(changed)));
                });
    }

    Future<Reply> revoke(ApiRequest request) {
        KeyRecord key = administered(request);
        return workers.run(() -> ring.revoke(key.id()).orElseThrow(() -> noSuchKey(key.id()))).compose(revoked -> {
            log.info("key.revoked id={} team={} by={}", key.id(), key.team(), request.caller().name());
            return sync.push(List.of(revoked)).map(told -> Reply.noContent());
        });
    }

    Future<Reply> teams(ApiRequest request) {
        Caller caller = request.caller();
        Set<String> names = new TreeSet<>(Set.of(caller.team()));
        visible(caller).map(KeyRecord::team).forEach(names::add);
        ArrayNode json = Json.array();
        names.forEach(name -> json.addObject().put("teamID", name).put("name", name).put("apiKey", "").put("isDefault",
                name.equals(caller.team())));
        return Future.succeededFuture(Reply.json(200, json));
    }

    /// What a key may take.
    private record Limits(Quota quota, int rate) {}

    private Stream<KeyRecord> visible(Caller caller) {
        return ring.valid().stream().filter(key -> caller.isAdministrator() || key.team().equals(caller.team()));
    }

    /// The key in the path, which the caller may change. One of another team looks like one that is not there.
    private KeyRecord administered(ApiRequest request) {
        KeyRecord key = ring.get(request.pathId())
                .filter(found -> request.caller().isAdministrator() || found.team().equals(request.caller().team()))
                .orElseThrow(() -> noSuchKey(request.pathId()));
        mayAdminister(request.caller(), key.team());
        return key;
    }

    private Limits own(Caller caller) {
        return ring.get(caller.keyId()).map(key -> new Limits(key.quota(), key.rate()))
                .orElse(new Limits(Quota.NONE, KeyRecord.STANDARD_RATE));
    }

    private static void mayAdminister(Caller caller, String team) {
        if (!caller.isAdministrator() && !(caller.role() == Role.TEAM_ADMIN && caller.team().equals(team))) {
            throw ApiException.of(403, "This API key may not make, change or revoke keys"
                    + (caller.role() == Role.TEAM_ADMIN ? " of another team" : ": it is no admin of its team"));
        }
    }

    private void mayGive(Caller caller, Limits given) {
        if (caller.isAdministrator()) {
            return;
        }
        Limits own = own(caller);
        if (!given.quota().isWithin(own.quota()) || given.rate() != own.rate()) {
            throw ApiException.of(403,
                    "An admin of a team may give no larger quota than its own key has, and no other rate"
                            + " limit. Ask an administrator");
        }
    }

    private static int rate(JsonBody body, int absent) {
        long rate = body.number("rateLimit", absent);
        return Math.clamp(rate, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    private static <T> T valid(Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid(String.valueOf(e.getMessage()));
        }
    }

    private static ApiException noSuchKey(String id) {
        return ApiException.of(404, "API key \"" + ApiException.shown(id)
                + "\" doesn't exist or you don't have access to it");
    }
}
