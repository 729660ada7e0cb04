package io.sandgate.gateway.shard.protocol;

import java.util.Optional;

/// Makes messages of the frames of one connection, in the order in which they come. Not thread-safe.
///
/// After a [BadFrameException] or [#close] each further frame is a bad one.
public interface FrameReader extends AutoCloseable {

    /// The message that a frame completes; none when more frames must come.
    ///
    /// @throws BadFrameException when it cannot be decompressed, or to more than the bound
    Optional<byte[]> read(byte[] frame) throws BadFrameException;

    /// Gives back what decompressing takes, some of which is no memory of the heap's.
    @Override
    void close();
}
