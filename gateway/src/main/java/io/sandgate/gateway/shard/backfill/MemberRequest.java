package io.sandgate.gateway.shard.backfill;

import io.sandgate.gateway.shard.protocol.ShardId;
import java.util.BitSet;

/// One request for a guild's whole list, and what came of its answer.
final class MemberRequest {

    /// Why it is made.
    enum Reason {
        /// The guild is new to a session.
        FRESH,
        /// It is the guild's turn.
        SWEEP
    }

    /// A bound on what is believed: a hundred million members.
    private static final int MOST_CHUNKS = 100_000;

    private final ShardId shard;
    private final long guild;
    private final String nonce;
    private final Reason reason;
    private final int tries;
    private final BitSet seen = new BitSet();
    private int chunks;
    private long members;
    private long lastSign;

    /// @param tries how often the guild was asked for before, without an answer
    MemberRequest(ShardId shard, long guild, String nonce, Reason reason, int tries, long sentAt) {
        this.shard = shard;
        this.guild = guild;
        this.nonce = nonce;
        this.reason = reason;
        this.tries = tries;
        lastSign = sentAt;
    }

    ShardId shard() {
        return shard;
    }

    long guild() {
        return guild;
    }

    String nonce() {
        return nonce;
    }

    Reason reason() {
        return reason;
    }

    int tries() {
        return tries;
    }

    /// When it was sent, or the last chunk came that was not known.
    long lastSign() {
        return lastSign;
    }

    /// The members in the chunks that came.
    long members() {
        return members;
    }

    /// All chunks came.
    boolean isComplete() {
        return chunks > 0 && seen.cardinality() == chunks;
    }

    /// Takes a chunk.
    ///
    /// @return whether it was news: not one that came before, nor one that contradicts those
    boolean take(MemberChunk chunk, long now) {
        boolean fits = chunk.index() >= 0 && chunk.index() < chunk.count() && chunk.count() <= MOST_CHUNKS
                && chunk.members() >= 0 && (chunks == 0 || chunks == chunk.count());
        if (!fits || seen.get(chunk.index())) {
            return false;
        }
        chunks = chunk.count();
        seen.set(chunk.index());
        members += chunk.members();
        lastSign = now;
        return true;
    }
}
