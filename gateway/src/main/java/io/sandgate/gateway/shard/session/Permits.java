package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.protocol.Frames;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.session.Surroundings.PermitFate;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What becomes of the permits that a shard is given: IDENTIFY is sent with one that fits, which is used then whatever comes of
/// it, and each other goes back.
final class Permits {
    private static final Logger log = LoggerFactory.getLogger(Permits.class);

    private record Granted(long attempt, long permit) {}

    private final ShardId id;
    private final Course course;
    private final ShardLease lease;
    private final SessionContext context;
    private long queuedAt;
    /// The one that the last IDENTIFY was sent with.
    private @Nullable Granted used;

    Permits(ShardId id, Course course, ShardLease lease, SessionContext context) {
        this.id = id;
        this.course = course;
        this.lease = lease;
        this.context = context;
    }

    /// One is waited for from now on.
    void await() {
        queuedAt = context.loop().nanoTime();
    }

    /// One has come.
    void take(long attempt, long permit, long usableUntil) {
        Granted granted = new Granted(attempt, permit);
        if (granted.equals(used)) {
            // said twice
            return;
        }
        long now = context.loop().nanoTime();
        boolean fits = course.state() == ShardState.QUEUED && attempt == course.attempt().number()
                && usableUntil - now > 0 && lease.isFresh();
        if (!fits || !sendIdentify()) {
            context.surroundings().permitUsed(permit, id, PermitFate.UNUSED);
            return;
        }
        used = granted;
        context.meters().waited(now - queuedAt);
        log.info("identify lock acquired wait={} shard={} attempt={}", Duration.ofNanos(now - queuedAt), id, attempt);
        course.identifying();
        context.surroundings().permitUsed(permit, id, PermitFate.USED);
        course.tell();
    }

    private boolean sendIdentify() {
        SessionSettings settings = context.settings();
        Line line = course.attempt().line();
        return line != null && line.trySend(Frames.identify(
                new Frames.Identify(settings.token(), id, settings.intents(), settings.largeThreshold())));
    }

    /// The upstream says that the IDENTIFY that was sent in this attempt was one too many.
    void rejected() {
        Granted rejected = used;
        if (rejected != null) {
            context.surroundings().permitUsed(rejected.permit(), id, PermitFate.REJECTED);
        }
    }
}
