package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.record.SessionRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// How a shard leaves this replica: at once, or when the sink has taken what it was given, within a time. From then on nothing is
/// handed on, and whoever asked is told what the next owner needs.
final class Departure {
    /// Any code but 1000 and 1001 leaves the session to be resumed.
    static final int CLOSE_AND_KEEP = 4000;
    static final int CLOSE_FOR_GOOD = 1000;

    private final Course course;
    private final EventStream stream;
    private final SessionSettings settings;
    private final List<Consumer<Optional<SessionRecord>>> asked = new ArrayList<>();

    Departure(Course course, EventStream stream, SessionSettings settings) {
        this.course = course;
        this.stream = stream;
        this.settings = settings;
    }

    /// Waits for the sink, if it has something that came over this connection, and goes.
    void handOver(Consumer<Optional<SessionRecord>> told) {
        asked.add(told);
        switch (course.state()) {
            case HANDING_OVER -> {
                // on its way
            }
            case RESUMING, LIVE, FENCED -> {
                if (stream.isSettled()) {
                    now();
                } else {
                    course.attempt().giveTurnBack();
                    course.attempt().within(settings.handOverTimeout(), this::now);
                    course.become(ShardState.HANDING_OVER, "");
                }
            }
            default -> now();
        }
    }

    /// What waits in the sink became nothing, or the sink let an event go.
    void sinkChanged() {
        if (stream.isSettled()) {
            now();
        }
    }

    /// Goes at once, and leaves the session to the next owner.
    void now() {
        go(CLOSE_AND_KEEP);
    }

    /// Goes at once, and ends the session.
    void forGood() {
        stream.drop("it is not wanted any more");
        go(CLOSE_FOR_GOOD);
    }

    private void go(int code) {
        stream.close();
        if (course.state() != ShardState.RELEASED) {
            course.stop(ShardState.RELEASED, code, "");
        }
        Optional<SessionRecord> last = course.record();
        List<Consumer<Optional<SessionRecord>>> all = List.copyOf(asked);
        asked.clear();
        all.forEach(told -> told.accept(last));
    }
}
