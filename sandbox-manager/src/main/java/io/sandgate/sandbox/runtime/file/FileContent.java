package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Descriptor;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Carries the bytes of one file to another. For one thread.
final class FileContent {

    private static final int CHUNK = 128 * 1024;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);

    /// Writes all that can still be read from one file to the other.
    void append(Descriptor from, Descriptor to) throws IOException {
        buffer.clear();
        while (from.read(buffer) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                to.write(buffer);
            }
            buffer.clear();
        }
    }
}
