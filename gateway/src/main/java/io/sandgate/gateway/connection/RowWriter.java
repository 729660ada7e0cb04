package io.sandgate.gateway.connection;

import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.proxy.route.RouteResult;
import io.sandgate.proxy.route.RouteResult.Reason;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the rows of this replica's connections into the route table, and says them to the peers.
final class RowWriter {
    private static final Logger log = LoggerFactory.getLogger(RowWriter.class);
    /// How often a claim may be outrun by what peers say at the same time.
    private static final int CLAIMS = 16;
    /// The first version of a row counts hundredths of a second, so that it outranks what peers remember of the same client
    /// from an earlier life of this replica. They are asked whether it does.
    private static final int MILLIS_PER_COUNT = 10;

    /// What was written, to be published.
    ///
    /// @param route the row or its deletion, or null when nothing was written
    /// @param isFull whether that is because the table is full
    /// @param isFresh whether the table held nothing that it could continue: a peer may hold something that outranks it
    record Written(@Nullable Route route, boolean isFull, boolean isFresh) {
        static final Written NOTHING = new Written(null, false, false);

        private static Written of(Route route) {
            return new Written(route, false, false);
        }

        boolean isDone() {
            return route != null;
        }
    }

    /// What the table holds of a client, compared with the connection that this replica has of it.
    enum Standing {
        MINE, MISSING, STRAY, NEWER, FOREIGN_WITHOUT_ME, NONE_WITHOUT_ME
    }

    private final String self;
    private final RouteTable table;
    private final RowPublisher publisher;
    private final LongSupplier incarnation;
    private final InstantSource clock;
    private final ConnectionMeters meters;

    /// @param publisher says a change to the peers; done when they know, or have had their time
    /// @param incarnation of this replica now
    RowWriter(String self, RouteTable table, RowPublisher publisher,
            LongSupplier incarnation, InstantSource clock, ConnectionMeters meters) {
        this.self = self;
        this.table = table;
        this.publisher = publisher;
        this.incarnation = incarnation;
        this.clock = clock;
        this.meters = meters;
    }

    boolean isOwn(String replica) {
        return replica.equals(self);
    }

    /// Milliseconds of the epoch.
    long now() {
        return clock.millis();
    }

    /// Says to the peers what was written.
    CompletionStage<Void> publish(Written written) {
        return written.route() == null
                ? CompletableFuture.completedStage(null)
                : publisher.publish(written.route()).<Void>handle((done, error) -> null);
    }

    /// Writes the row of a connection that has just been opened, over whatever is there.
    Written claim(LocalConnection mine) {
        for (int i = 0; i < CLAIMS; i++) {
            Route newest = table.newest(mine.key().rowKey());
            RouteVersion version = following(newest);
            if (version == null) {
                break;
            }
            Route row = row(mine, version);
            RouteResult result = table.upsert(row);
            if (result.isApplied()) {
                return new Written(row, false, newest == null);
            }
            if (result.reason() == Reason.TABLE_FULL) {
                return new Written(null, true, false);
            }
        }
        log.warn("connection.row.refused client={} (what the table holds of it cannot be continued)",
                mine.key().rowKey());
        return Written.NOTHING;
    }

    /// Writes the changed row of a connection, if the present one is its own.
    Written renew(LocalConnection mine) {
        Route record = table.get(mine.key().rowKey());
        return record != null && isOf(record, mine.connectionId()) ? continued(record, mine) : Written.NOTHING;
    }

    /// Deletes the row of a connection, if the present one is its own.
    Written withdraw(ClientKey key, String connection) {
        Route record = table.get(key.rowKey());
        return record != null && isOf(record, connection) ? deleted(record) : Written.NOTHING;
    }

    /// Writes the row of a connection again, if nothing is there.
    Written reassert(LocalConnection mine) {
        Route newest = table.newest(mine.key().rowKey());
        RouteVersion version = newest != null && !newest.isDead() ? null : following(newest);
        if (version == null) {
            return Written.NOTHING;
        }
        Route row = row(mine, version);
        return table.upsert(row).isApplied() ? Written.of(row) : Written.NOTHING;
    }

    /// Replaces a row of this replica that is of none of its connections, by that of the one that it has or by nothing.
    Written overwriteStray(ClientKey key, @Nullable LocalConnection mine) {
        Route record = table.get(key.rowKey());
        if (record == null || !isOwn(record.authority())) {
            return Written.NOTHING;
        }
        log.info("connection.stray.{} row={}", mine == null ? "withdrawn" : "overwritten", record);
        if (mine != null) {
            return continued(record, mine);
        }
        meters.withdrawn();
        return deleted(record);
    }

    Standing standing(ClientKey key, @Nullable LocalConnection mine) {
        Route record = table.get(key.rowKey());
        if (record == null) {
            return mine == null ? Standing.NONE_WITHOUT_ME : Standing.MISSING;
        }
        if (isOwn(record.authority())) {
            return mine != null && record.uid().equals(mine.connectionId()) ? Standing.MINE : Standing.STRAY;
        }
        return mine == null ? Standing.FOREIGN_WITHOUT_ME : Standing.NEWER;
    }

    private boolean isOf(Route record, String connection) {
        return isOwn(record.authority()) && record.uid().equals(connection);
    }

    private Written continued(Route record, LocalConnection mine) {
        Route row = row(mine, next(record.version()));
        return table.upsert(row).isApplied() ? Written.of(row) : Written.NOTHING;
    }

    private Written deleted(Route record) {
        Route deletion = record.dead(next(record.version()));
        RouteKey key = deletion.key();
        return table.delete(key, deletion.version(), self).isApplied()
                ? Written.of(deletion)
                : Written.NOTHING;
    }

    private Route row(LocalConnection mine, RouteVersion version) {
        return mine.row(self, incarnation.getAsLong()).at(version);
    }

    /// The version that goes over what the table holds; null when there is none.
    private @Nullable RouteVersion following(@Nullable Route newest) {
        if (newest == null) {
            return RouteVersion.of(0, Math.max(1, now() / MILLIS_PER_COUNT));
        }
        if (isOwn(newest.authority())) {
            return next(newest.version());
        }
        // a feed's numbers know no epochs
        return newest.authority().isEmpty() || newest.version().epoch() >= RouteVersion.MAX_EPOCH
                ? null
                : newest.version().nextEpoch();
    }

    private static RouteVersion next(RouteVersion version) {
        return (version.longValue() + 1) % (1L << RouteVersion.COUNTER_BITS) == 0
                ? version.nextEpoch()
                : version.next();
    }
}
