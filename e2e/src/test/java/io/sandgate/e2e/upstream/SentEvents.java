package io.sandgate.e2e.upstream;

/// The running numbers of the events that one session was given, by their sequence.
///
/// A steady event has its number as `n` in its data. The numbers count from 1 in each shard (all sessions of the same
/// `[number,count]` get the same event with the same number) and grow by one for each event. To compare a consumer's events:
/// take those of one session, drop those whose sequence was there before (a replay), and check for each `n` that it is
/// [#number] of its sequence. What must be there: each sequence from 1 to the last one that the consumer has, without a hole,
/// and to [#last] when the session is live and nothing was published for a moment. A session that ended may lack its tail: what
/// it was given after the client last heard of it is lost by the protocol, not by the client. READY, RESUMED, GUILD_CREATE
/// and events that a test wrote have a sequence and no number.
public final class SentEvents {
    private final SessionSeen session;
    private final int[] numbers;

    /// @param numbers by sequence; the place 0 is not used
    SentEvents(SessionSeen session, int[] numbers) {
        this.session = session;
        this.numbers = numbers;
    }

    public SessionSeen session() {
        return session;
    }

    /// The last sequence.
    public long last() {
        return session.lastSequence();
    }

    /// The running number of the event with that sequence; 0 when it has none.
    public int number(long sequence) {
        if (sequence < 1 || sequence > last()) {
            throw new IllegalArgumentException("sequence: " + sequence + " (expected: 1 to " + last() + ")");
        }
        return numbers[(int) sequence];
    }
}
