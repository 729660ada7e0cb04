package io.sandgate.gateway.shard.protocol;

import java.nio.charset.StandardCharsets;

/// JSON text in UTF-8, a part of a buffer that nobody changes any more.
///
/// @param bytes the buffer
/// @param from the first byte of the text
/// @param to after its last byte
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; a copy for each event would cost more than reading it
public record RawJson(byte[] bytes, int from, int to) {

    /// How many bytes the text has.
    public int length() {
        return to - from;
    }

    @Override
    public String toString() {
        return new String(bytes, from, length(), StandardCharsets.UTF_8);
    }
}
