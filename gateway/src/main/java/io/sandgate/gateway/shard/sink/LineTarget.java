package io.sandgate.gateway.shard.sink;

import java.nio.ByteBuffer;

/// What lines are given to. Confined to one thread, which it may block.
interface LineTarget {

    /// Takes all of the lines; they are where they cannot be lost any more when it returns.
    ///
    /// @param lines whole ones, in a buffer of the heap's that is written anew after the call
    void take(ByteBuffer lines) throws NotTakenException, InterruptedException;

    /// Gives back what it holds.
    void close();
}
