package io.sandgate.api.route;

import io.sandgate.gateway.connection.ClientKey;
import io.sandgate.proxy.replicate.PeerSync;
import io.sandgate.proxy.replicate.SyncResult;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteJson;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.proxy.route.RouteResult;
import io.sandgate.proxy.route.RouteStates;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import io.sandgate.proxy.route.TrafficRules;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Routes that users put here: this replica becomes their authority, replicates them, and lets them expire.
public final class RouteFeed {

    /*
     * Implementation note. A change is decided and stored under one lock, so that two puts of one key get two versions.
     * The lock is held for work in memory only. An expiry does nothing when the route has been put again since.
     */

    private static final Logger log = LoggerFactory.getLogger(RouteFeed.class);
    private static final Set<String> OWN_FIELDS = Set.of("namespace", "name", "id", "uid", "owner", "ip", "state",
            "resourceVersion", "authority", "requireTrafficAuth", "maskRequestHost", "autoResume");

    /// A put or delete that is not carried out, with the status that says why.
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int status;
        private final String reason;

        RefusedException(int status, String reason) {
            super(reason);
            this.status = status;
            this.reason = reason;
        }

        int status() {
            return status;
        }

        String reason() {
            return reason;
        }
    }

    private final String self;
    private final RouteTable table;
    private final PeerSync sync;
    private final Predicate<String> isMember;
    private final Predicate<RouteKey> isSandbox;
    private final InstantSource clock;
    private final Object changes = new Object();

    /// @param self the id of this replica
    /// @param isMember whether an authority is a live replica other than this one
    /// @param isSandbox whether a key is that of a sandbox that this replica runs
    public RouteFeed(String self, RouteTable table, PeerSync sync, Predicate<String> isMember,
            Predicate<RouteKey> isSandbox, InstantSource clock, Vertx vertx) {
        this.self = self;
        this.table = table;
        this.sync = sync;
        this.isMember = isMember;
        this.isSandbox = isSandbox;
        this.clock = clock;
        table.onChange(new Expiries(self, this::expire, clock, vertx));
    }

    /// Sets a route.
    ///
    /// @param ttl how long it lives unless it is put again, or null
    /// @return the key, id, uid and version that it has now, and how many peers have it
    CompletionStage<JsonObject> put(RouteKey key, byte[] body, @Nullable String ttl) throws RefusedException {
        Instant expires = null;
        if (ttl != null) {
            expires = clock.instant().plus(TimeToLive.parse(ttl).orElseThrow(() -> new RefusedException(400,
                    "ttl: " + ttl + " (expected: an amount with ms, s, m or h, at most 30 days, as in 30s)")));
        }
        printable("namespace", key.namespace());
        printable("name", key.name());
        JsonObject fields = fields(key, body);
        Route route;
        synchronized (changes) {
            requireMine(key);
            route = route(key, fields, expires);
            RouteResult result = table.upsert(route);
            if (!result.isApplied()) {
                throw refusal(route, result);
            }
        }
        return published(route);
    }

    /// Deletes a route.
    CompletionStage<JsonObject> delete(RouteKey key) throws RefusedException {
        Route gone;
        synchronized (changes) {
            Route present = table.get(key);
            if (present == null) {
                throw new RefusedException(404, "there is no route " + key + " here");
            }
            gone = remove(present);
        }
        return published(gone);
    }

    private Route remove(Route present) throws RefusedException {
        requireMine(present.key());
        Route gone = dead(present, next(present.key()));
        RouteResult result = table.delete(gone.key(), gone.version(), self);
        if (!result.isApplied()) {
            throw refusal(gone, result);
        }
        return gone;
    }

    private Route dead(Route route, RouteVersion version) {
        return new Route(route.namespace(), route.name(), route.id(), route.uid(), route.owner(), route.ip(),
                RouteStates.DEAD, version, self, route.traffic(), route.extra());
    }

    private CompletionStage<JsonObject> published(Route route) {
        return sync.publish(route).thenApply(result -> answer(route, result));
    }

    private static JsonObject answer(Route route, SyncResult result) {
        return new JsonObject().put("namespace", route.namespace()).put("name", route.name()).put("id", route.id())
                .put("uid", route.uid()).put("resourceVersion", route.version().toString())
                .put("authority", route.authority()).put("peers", result.peers())
                .put("acknowledged", result.acknowledged());
    }

    private static JsonObject fields(RouteKey key, byte[] body) throws RefusedException {
        JsonObject fields;
        try {
            fields = new JsonObject(Buffer.buffer(body));
        } catch (DecodeException e) {
            throw new RefusedException(400, "body: not a JSON object (expected: a route, at least its ip)");
        }
        same("namespace", fields, key.namespace());
        same("name", fields, key.name());
        return fields;
    }

    private static void same(String field, JsonObject fields, String expected) throws RefusedException {
        String given = text(field, fields, expected);
        if (!given.equals(expected)) {
            throw new RefusedException(400, field + ": " + given + " (expected: " + expected + ", as in the path)");
        }
    }

    private static String text(String field, JsonObject fields, String absent) throws RefusedException {
        Object value = fields.getValue(field);
        return switch (value) {
            case null -> absent;
            case String string -> string.isEmpty() ? absent : printable(field, string);
            default -> throw new RefusedException(400, field + ": " + value + " (expected: a string)");
        };
    }

    private static String printable(String field, String text) throws RefusedException {
        if (!RouteJson.isPrintable(text)) {
            throw new RefusedException(400, field + ": (expected: text without control characters)");
        }
        return text;
    }

    private Route route(RouteKey key, JsonObject fields, @Nullable Instant expires) throws RefusedException {
        Route present = table.get(key);
        String uid = present != null && present.authority().equals(self) ? present.uid() : UUID.randomUUID().toString();
        Object auth = fields.getValue("requireTrafficAuth", false);
        if (!(auth instanceof Boolean requireTrafficAuth)) {
            throw new RefusedException(400, "requireTrafficAuth: " + auth + " (expected: true or false)");
        }
        String hostMask = text("maskRequestHost", fields, "");
        if (!TrafficRules.isMask(hostMask)) {
            throw new RefusedException(400,
                    "maskRequestHost: " + hostMask + " (expected: " + TrafficRules.EXPECTED_MASK + ")");
        }
        String state = text("state", fields, RouteStates.RUNNING);
        if (state.equals(RouteStates.DEAD)) {
            throw new RefusedException(400, "state: dead (expected: another state; DELETE removes the route)");
        }
        return new Route(key.namespace(), key.name(), text("id", fields, key.name()), text("uid", fields, uid),
                text("owner", fields, ""), text("ip", fields, ""), state, version(key, fields), self,
                TrafficRules.of(requireTrafficAuth, hostMask, false), extra(fields, expires));
    }

    private RouteVersion version(RouteKey key, JsonObject fields) throws RefusedException {
        String given = text("resourceVersion", fields, "");
        if (given.isEmpty()) {
            return next(key);
        }
        RouteVersion version = RouteVersion.parse(given);
        if (version == null) {
            throw new RefusedException(400, "resourceVersion: " + given
                    + " (expected: a positive decimal integer without leading zeros, or none)");
        }
        return version;
    }

    private RouteVersion next(RouteKey key) throws RefusedException {
        try {
            return table.nextVersion(key, self);
        } catch (ArithmeticException e) {
            throw new RefusedException(409,
                    "route " + key + " has a version that cannot be continued: " + e.getMessage());
        }
    }

    private static String extra(JsonObject fields, @Nullable Instant expires) {
        JsonObject rest = fields.copy();
        OWN_FIELDS.forEach(rest::remove);
        FedMark.FIELDS.forEach(rest::remove);
        return FedMark.write(rest, expires);
    }

    private void requireMine(RouteKey key) throws RefusedException {
        if (key.namespace().equals(ClientKey.NAMESPACE)) {
            throw new RefusedException(409,
                    "namespace: " + ClientKey.NAMESPACE + " (expected: another one; connections of clients are there)");
        }
        Route present = table.get(key);
        if (isSandbox.test(key) || (present != null && present.authority().equals(self) && !FedMark.isFed(present))) {
            throw new RefusedException(409, "route " + key + " belongs to a sandbox; use the lifecycle API");
        }
        if (present == null || present.authority().equals(self)) {
            return;
        }
        if (present.authority().isEmpty()) {
            throw new RefusedException(409, "route " + key + " comes from an external feed; change it there");
        }
        if (isMember.test(present.authority())) {
            throw new RefusedException(409,
                    "route " + key + " belongs to replica " + present.authority() + "; send the change there");
        }
    }

    private static RefusedException refusal(Route route, RouteResult result) {
        return switch (result.reason()) {
            case ADDRESS_NOT_ALLOWED -> new RefusedException(400, "ip: " + route.ip()
                    + " (expected: an IP address in sandgate.proxy.allowed-targets)");
            case STALE_RESOURCE_VERSION -> new RefusedException(409, "resourceVersion: " + route.version()
                    + " (expected: a larger one than the route has, or none)");
            case TABLE_FULL -> new RefusedException(503, "the route table is full; delete routes or raise its bound");
            default -> new RefusedException(result.outcome() == RouteResult.Outcome.INVALID ? 400 : 409,
                    "the route was refused: " + result.reason().word());
        };
    }

    private void expire(Route put) {
        Route gone;
        synchronized (changes) {
            Route present = table.get(put.key());
            if (present == null || !present.version().equals(put.version())) {
                return;
            }
            try {
                gone = remove(present);
            } catch (RefusedException e) {
                log.info("route.expiry.skipped key={} reason={}", put.key(), e.reason());
                return;
            }
        }
        log.info("route.expired key={}", put.key());
        published(gone);
    }
}
