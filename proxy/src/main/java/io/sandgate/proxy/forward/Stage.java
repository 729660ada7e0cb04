package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;

/// What the next bytes of a client are for. All calls come on the client's event loop.
interface Stage {
    /// What may wait while there is nowhere to send it.
    int MOST_WAITING = 64 * 1024;
    /// No body is waited for.
    long NO_BODY = -1;

    /// Takes what it can use of what has come.
    ///
    /// @return false when nothing more can be taken until something happens
    boolean take(ByteBuf in);

    /// Takes bytes that nothing waits before and that are all of use, and releases them.
    ///
    /// @return false when they are not: then nothing was taken
    default boolean takeWhole(ByteBuf in) {
        return false;
    }

    /// Lets what was taken leave: no more of it is being read.
    default void flush() {}

    /// The client takes more again, or has stopped taking.
    default void clientWritabilityChanged() {}

    /// Lets the client's bytes be read on, or not.
    ///
    /// @param waiting how many bytes were read and could not be taken yet
    default void steer(Line client, int waiting) {
        client.startReads();
    }

    /// Whether it belongs to a sandbox: the server behind the data plane knows nothing of it.
    default boolean isForSandbox() {
        return false;
    }

    /// Takes an event of the client's connection, or leaves it to the server behind the data plane.
    default boolean takeEvent(Object event) {
        return false;
    }

    /// How much of a body has come that nobody but the client keeps waiting, or [#NO_BODY].
    default long bodyTaken() {
        return NO_BODY;
    }

    /// The client sends that body too slowly.
    default void refuseSlowBody() {}

    /// The client's connection is closed.
    default void clientGone() {}
}
