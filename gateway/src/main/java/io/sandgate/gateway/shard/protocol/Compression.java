package io.sandgate.gateway.shard.protocol;

import java.util.Optional;

/// How the upstream compresses what it sends over one connection.
public enum Compression {
    NONE("") {
        @Override
        public FrameReader open(int maxMessage) {
            return new PlainFrames(maxMessage);
        }
    },
    ZLIB_STREAM("zlib-stream") {
        @Override
        public FrameReader open(int maxMessage) {
            return new ZlibFrames(maxMessage);
        }
    },
    ZSTD_STREAM("zstd-stream") {
        @Override
        public FrameReader open(int maxMessage) {
            return new ZstdFrames(maxMessage);
        }
    };

    private final String parameter;

    Compression(String parameter) {
        this.parameter = parameter;
    }

    /// The `compress` of the URL to connect to; none when it has none.
    public Optional<String> parameter() {
        return parameter.isEmpty() ? Optional.empty() : Optional.of(parameter);
    }

    /// A reader for a new connection.
    ///
    /// @param maxMessage the most bytes a message may have, decompressed
    public abstract FrameReader open(int maxMessage);
}
