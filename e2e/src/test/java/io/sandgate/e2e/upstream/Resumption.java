package io.sandgate.e2e.upstream;

import io.sandgate.e2e.upstream.Dispatch.Told;
import io.sandgate.e2e.upstream.Observed.Resume;
import io.vertx.core.json.JsonObject;

/// The answer to a RESUME with the right token: what the client missed and RESUMED, or op 9.
///
/// A session that another connection has goes to the one that asked last, and the other one is closed with 4000. RESUMED has
/// a sequence like all events, so that a later replay can have an earlier RESUMED in it.
final class Resumption {
    private final UpstreamState state;
    private final Connection connection;

    Resumption(UpstreamState state, Connection connection) {
        this.state = state;
        this.connection = connection;
    }

    void resume(JsonObject data, long now) {
        if (!(data.getValue("session_id") instanceof String id)
                || !(data.getValue("seq") instanceof Number sequence)) {
            connection.offend(Rule.DECODE, "a RESUME without a session or a sequence");
            return;
        }
        Session session = state.sessions().find(id).orElse(null);
        if (session == null) {
            refuse(id, sequence.longValue(), now, "no such session");
        } else if (state.modes().take(Mode.RESUME_INVALID)) {
            endElsewhere(session, "its RESUME was refused");
            refuse(id, sequence.longValue(), now, "refused on demand");
        } else if (sequence.longValue() > session.last()) {
            record(id, sequence.longValue(), now, "sequence too high", 0);
            connection.offend(Rule.SEQUENCE_TOO_HIGH,
                    "a RESUME at " + sequence + " (expected: at most " + session.last() + ")");
        } else if (!session.canReplay(sequence.longValue())) {
            endElsewhere(session, "too much to replay");
            refuse(id, sequence.longValue(), now, "too much to replay");
        } else {
            take(session, sequence.longValue(), now);
        }
    }

    private void take(Session session, long sequence, long now) {
        if (!session.query().equals(connection.query())) {
            connection.offend(Rule.RESUME_QUERY, connection.query() + " (expected: " + session.query() + ")");
        }
        Connection before = session.connection();
        if (before != null) {
            before.close(4000, "resumed elsewhere");
        }
        session.connection(connection);
        connection.session(session);
        int replayed = session.replay(sequence, connection);
        record(session.id(), sequence, now, "resumed", replayed);
        state.give(session, new Told("RESUMED", "{}"));
        if (state.modes().take(Mode.RECONNECT_AFTER_READY)) {
            connection.send(7, "null");
        }
    }

    private void endElsewhere(Session session, String reason) {
        Connection before = session.connection();
        if (before != null) {
            before.close(4000, reason);
        }
        state.sessions().end(session, reason);
    }

    private void refuse(String session, long sequence, long now, String why) {
        record(session, sequence, now, why, 0);
        connection.send(9, false);
    }

    private void record(String session, long sequence, long now, String outcome, int replayed) {
        state.seen().resumes
                .add(new Resume(now, session, sequence, connection.number(), connection.isResumeUrl(), outcome,
                        replayed));
    }
}
