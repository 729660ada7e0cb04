package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Descriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/// Writes to an open file. Unlike those of Java, its failures say their errno.
final class DescriptorChannel implements WritableByteChannel {

    private final Descriptor descriptor;
    private final StillGate gate;
    private final AtomicBoolean open = new AtomicBoolean(true);

    /// @param descriptor closed with this
    /// @param gate passed by each write
    DescriptorChannel(Descriptor descriptor, StillGate gate) {
        this.descriptor = descriptor;
        this.gate = gate;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        int start = bytes.position();
        return gate.changing(() -> {
            while (bytes.hasRemaining()) {
                descriptor.write(bytes);
            }
            return bytes.position() - start;
        });
    }

    @Override
    public boolean isOpen() {
        return open.get();
    }

    @Override
    public void close() {
        open.set(false);
        descriptor.close();
    }
}
