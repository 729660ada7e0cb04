package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Descriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/// Reads from an open file. For one thread at a time; closing it may come from any.
final class ReadingChannel implements SeekableByteChannel {

    private final Descriptor descriptor;
    private volatile boolean open = true;
    private volatile long position;

    /// @param descriptor closed with this
    ReadingChannel(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread reads at a time
    public int read(ByteBuffer buffer) throws IOException {
        int count = descriptor.read(buffer, position);
        if (count > 0) {
            position += count;
        }
        return count;
    }

    @Override
    public long position() throws IOException {
        checkOpen();
        return position;
    }

    @Override
    public SeekableByteChannel position(long place) throws IOException {
        checkOpen();
        if (place < 0) {
            throw new IllegalArgumentException("position: " + place + " (expected: 0 or more)");
        }
        position = place;
        return this;
    }

    @Override
    public long size() throws IOException {
        return descriptor.status().size();
    }

    @Override
    public int write(ByteBuffer bytes) {
        throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
        throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
        descriptor.close();
    }

    private void checkOpen() throws ClosedChannelException {
        if (!open) {
            throw new ClosedChannelException();
        }
    }
}
