package io.sandgate.e2e.upstream;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What all connections of a fake upstream share. Confined to its loop, on which its timers run too.
final class UpstreamState {
    private static final Duration PULSE = Duration.ofMillis(5);

    private final Vertx vertx;
    private final Observed seen = new Observed();
    private final Modes modes = new Modes();
    private final Sessions sessions = new Sessions();
    private final IdentifyPace pace = new IdentifyPace();
    private final StartLimit starts;
    private final Map<Long, Long> lastLists = new HashMap<>();
    private final Map<Integer, Connection> connections = new LinkedHashMap<>();
    private UpstreamRules rules;
    private boolean tokenReset;
    private int connectionsEver;
    private long pulse;
    private long pulseBefore;
    private String resumeUrl = "";

    UpstreamState(Vertx vertx, UpstreamRules rules) {
        this.vertx = vertx;
        this.rules = rules;
        this.starts = new StartLimit(rules, now());
        this.pulse = now();
    }

    /// Notes that the loop is not busy, and again soon.
    void pulse() {
        pulseBefore = pulse;
        pulse = now();
        timer(PULSE, this::pulse);
    }

    /// A moment at which the loop was not busy: what it reads now came later.
    long responsiveAt() {
        return pulseBefore;
    }

    long now() {
        return System.nanoTime();
    }

    UpstreamRules rules() {
        return rules;
    }

    void rules(UpstreamRules next) {
        if (next.startsDiffer(rules)) {
            starts.restart(next, now());
        }
        if (next.maxConcurrency() != rules.maxConcurrency()) {
            pace.clear();
        }
        if (!next.token().equals(rules.token())) {
            tokenReset = false;
        }
        rules = next;
    }

    Observed seen() {
        return seen;
    }

    Modes modes() {
        return modes;
    }

    Sessions sessions() {
        return sessions;
    }

    IdentifyPace pace() {
        return pace;
    }

    StartLimit starts() {
        return starts;
    }

    boolean isToken(String token) {
        return !tokenReset && token.equals(rules.token());
    }

    /// The token is worth nothing any more, and all sessions end.
    void resetToken() {
        tokenReset = true;
        seen.tokenResets.incrementAndGet();
        for (Session session : sessions.live()) {
            Connection connection = session.connection();
            if (connection != null) {
                connection.close(Rule.START_LIMIT.closeCode(), "Authentication failed.");
            }
            sessions.end(session, "the token was reset");
        }
    }

    /// A session's connection is no longer its own: it ends for a reason, or waits for a RESUME when there is none.
    void leave(Session session, String reason) {
        session.connection(null);
        if (!reason.isEmpty()) {
            sessions.end(session, reason);
            return;
        }
        long left = now();
        Duration life = rules.sessionLife();
        timer(life, () -> {
            if (session.connection() == null && session.resumableSince() == left) {
                sessions.end(session, "not resumed within " + life);
            }
        });
        session.resumableSince(left);
    }

    /// How long a guild's whole list of members must wait; not at all when it is sent now.
    Duration listWait(long guild, long now) {
        Long before = lastLists.get(guild);
        Duration wait = before == null ? Duration.ZERO : rules.membersWindow().minusNanos(now - before);
        if (!wait.isPositive()) {
            lastLists.put(guild, now);
        }
        return wait;
    }

    /// Where sessions are resumed.
    String resumeUrl() {
        return resumeUrl;
    }

    void resumeUrl(String url) {
        resumeUrl = url;
    }

    int nextConnection() {
        return ++connectionsEver;
    }

    void opened(Connection connection) {
        connections.put(connection.number(), connection);
    }

    void closed(Connection connection) {
        connections.remove(connection.number());
    }

    List<Connection> connections() {
        return List.copyOf(connections.values());
    }

    /// Gives an event to one session.
    void give(Session session, Dispatch event) {
        sessions.give(session, event, rules.replayDepth());
    }

    /// Runs an action after a time; at once when there is none.
    void after(Duration delay, Runnable action) {
        if (delay.isZero()) {
            action.run();
        } else {
            timer(delay, action);
        }
    }

    /// Runs an action after a time, which is rounded up to milliseconds.
    ///
    /// @return what [#cancel] takes
    long timer(Duration delay, Runnable action) {
        return vertx.setTimer(Math.max(1, delay.plusNanos(999_999).toMillis()), _ -> action.run());
    }

    void cancel(long timer) {
        vertx.cancelTimer(timer);
    }
}
