package io.sandgate.gateway.shard.protocol;

import java.util.Arrays;

/// Bytes that grow up to a bound. There is always room for one byte more than may be, so that too many are told from just
/// enough.
final class MessageBuffer {
    private static final int LEAST = 1024;

    private final int max;
    private byte[] bytes;
    private int size;

    /// @param max the most bytes it may hold
    /// @param expected how many it will probably hold
    MessageBuffer(int max, long expected) {
        this.max = max;
        bytes = new byte[(int) Math.min(max + 1L, Math.max(LEAST, expected))];
    }

    static BadFrameException tooLong(int max) {
        return new BadFrameException("message: longer (expected: at most " + max + " bytes)");
    }

    static BadFrameException afterTheEnd() {
        return new BadFrameException("frame: one after the end (expected: none after a bad frame or the close)");
    }

    void add(byte[] more) throws BadFrameException {
        if (more.length > max - size) {
            throw tooLong(max);
        }
        if (more.length > bytes.length - size) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(max + 1L, Math.max(2L * bytes.length, size + more.length)));
        }
        System.arraycopy(more, 0, bytes, size, more.length);
        size += more.length;
    }

    /// How many bytes may be written to [#array] from [#size] on, at least one.
    int room() {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(max + 1L, 2L * bytes.length));
        }
        return bytes.length - size;
    }

    /// Says how many bytes were written.
    void wrote(int count) throws BadFrameException {
        size += count;
        if (size > max) {
            throw tooLong(max);
        }
    }

    byte[] array() {
        return bytes;
    }

    int size() {
        return size;
    }

    boolean endsWith(byte[] suffix) {
        return size >= suffix.length && Arrays.equals(bytes, size - suffix.length, size, suffix, 0, suffix.length);
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }
}
