package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.protocol.CloseRule;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How attempts end, and what each end means: for the session, and for how soon the next attempt is made.
final class Ends implements Line.Breaks {
    private static final Logger log = LoggerFactory.getLogger(Ends.class);

    private final ShardId id;
    private final Course course;
    private final EventStream stream;
    private final SessionSettings settings;
    private final SessionMeters meters;
    private final Backoff backoff;

    Ends(ShardId id, Course course, EventStream stream, SessionContext context) {
        this.id = id;
        this.course = course;
        this.stream = stream;
        this.settings = context.settings();
        this.meters = context.meters();
        this.backoff = new Backoff(settings, context.random());
    }

    /// Does what the end of the present attempt means for the session.
    void settle(Ending ending, String why) {
        if (course.attempt().isLiveFor(settings.stableAfter())) {
            backoff.held();
        }
        switch (course.state()) {
            case IDENTIFYING -> meters.identified(ending.result());
            case RESUMING -> meters.resumed(ending.result());
            default -> {
                // nothing was asked for
            }
        }
        switch (ending.verdict()) {
            case KEEP -> {
                // the session is as good as it was
            }
            case DOUBT -> {
                switch (course.state()) {
                    case RESUMING -> stream.resumeLost();
                    case DIALLING, HELLO -> stream.unreachable();
                    default -> {
                        // that has nothing to do with the session
                    }
                }
            }
            case DROP -> stream.drop(why);
        }
    }

    /// How long to wait before the next dial.
    Duration wait(Ending ending) {
        Duration wait = backoff.next();
        return switch (ending) {
            case TOO_MUCH_SENT -> settings.backoff().plus(wait);
            case HANDED_OVER -> Duration.ZERO;
            default -> wait;
        };
    }

    /// The next dial is the first one again.
    void forget() {
        backoff.held();
    }

    /// How many dials in a row came to nothing, or to a connection that did not hold.
    int failures() {
        return course.attempt().isLiveFor(settings.stableAfter()) ? 0 : backoff.failures();
    }

    @Override
    public void failed(String why) {
        course.connectAgain(Ending.CLOSED, "cannot connect: " + why);
    }

    @Override
    public void closed(int code) {
        CloseRule rule = CloseRule.of(code);
        String why = (code == Upstream.NO_CODE ? "" : code + ": ") + CloseRule.meaning(code);
        meters.closed(code);
        log.info("shard.closed shard={} attempt={} state={} code={} rule={}", id, course.attempt().number(),
                course.state(), code, rule);
        switch (rule) {
            case RESUME -> course.connectAgain(Ending.CLOSED, why);
            case RESUME_AFTER_BACKOFF -> course.connectAgain(Ending.TOO_MUCH_SENT, why);
            case NEW_SESSION -> course.connectAgain(Ending.SESSION_OVER, why);
            case STOP_SHARD, STOP_ALL, RESHARD -> course.refuse(rule, code, why);
        }
    }

    @Override
    public void dead() {
        meters.zombie();
        log.info("shard.zombie shard={} attempt={}", id, course.attempt().number());
        course.connectAgain(Ending.ZOMBIE, "a heartbeat was not acknowledged");
    }

    @Override
    public void badFrame(String why) {
        meters.badFrame();
        log.warn("shard.bad_frame shard={} attempt={} error=\"{}\"", id, course.attempt().number(), why);
        course.connectAgain(Ending.BAD_FRAME, why);
    }

    @Override
    public void reconnect() {
        if (course.state() == ShardState.RESUMING) {
            stream.seenAlive();
        }
        course.connectAgain(Ending.RECONNECT, "the upstream asks to reconnect");
    }

    @Override
    public void invalid(boolean resumable) {
        if (course.state() == ShardState.IDENTIFYING) {
            course.permits().rejected();
        }
        boolean isOver = !resumable && stream.session() != null && course.state() != ShardState.HELLO;
        course.connectAgain(isOver ? Ending.INVALID_FOR_GOOD : Ending.INVALID_NOW,
                "the upstream says that the session is invalid");
    }
}
