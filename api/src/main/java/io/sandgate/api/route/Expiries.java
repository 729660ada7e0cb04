package io.sandgate.api.route;

import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteChange;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.proxy.route.RouteListener;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Tells when a fed route of this replica expires, also of one that came back from a peer after a restart.
///
/// Follows the table, whose lock its calls are made under; so each key has the timer of its present record.
final class Expiries implements RouteListener {
    private final String self;
    private final Consumer<Route> expired;
    private final InstantSource clock;
    private final Vertx vertx;
    private final Map<RouteKey, Long> timers = new ConcurrentHashMap<>();

    /// @param expired is told the record that the timer was set for; the table may hold another one by then
    Expiries(String self, Consumer<Route> expired, InstantSource clock, Vertx vertx) {
        this.self = self;
        this.expired = expired;
        this.clock = clock;
        this.vertx = vertx;
    }

    @Override
    public void changed(RouteChange change) {
        Route after = change.after();
        cancel(timers
                .remove(Objects.requireNonNullElseGet(after, () -> Objects.requireNonNull(change.before())).key()));
        if (after != null && after.authority().equals(self)) {
            FedMark.expires(after).ifPresent(at -> {
                long millis = Math.max(1, Duration.between(clock.instant(), at).toMillis());
                timers.put(after.key(), vertx.setTimer(millis, timer -> {
                    timers.remove(after.key(), timer);
                    expired.accept(after);
                }));
            });
        }
    }

    private void cancel(@Nullable Long timer) {
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
    }
}
