package io.sandgate.gateway.shard.sink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// A real file whose writes and cuts fail or hang when a test wants it.
final class FaultyFile implements LineFile.Opener {
    /// Writes that write a half and then fail.
    final AtomicInteger halfWrites = new AtomicInteger();
    final AtomicInteger failingCuts = new AtomicInteger();
    final AtomicInteger writes = new AtomicInteger();
    volatile CountDownLatch mayWrite = new CountDownLatch(0);

    @Override
    public SeekableByteChannel open(Path file) throws IOException {
        return new Channel(LineFile.openToAppend(file));
    }

    private boolean takes(AtomicInteger faults) {
        return faults.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    private final class Channel implements SeekableByteChannel {
        private final SeekableByteChannel real;
        private boolean isHalf;

        Channel(SeekableByteChannel real) {
            this.real = real;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            try {
                mayWrite.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
            if (isHalf) {
                isHalf = false;
                throw new IOException("No space left on device");
            }
            writes.incrementAndGet();
            if (!takes(halfWrites)) {
                return real.write(bytes);
            }
            isHalf = true;
            int half = real.write(bytes.slice(bytes.position(), bytes.remaining() / 2));
            bytes.position(bytes.position() + half);
            return half;
        }

        @Override
        public SeekableByteChannel truncate(long size) throws IOException {
            if (takes(failingCuts)) {
                throw new IOException("Input/output error");
            }
            return real.truncate(size);
        }

        @Override
        public int read(ByteBuffer bytes) throws IOException {
            return real.read(bytes);
        }

        @Override
        public long position() throws IOException {
            return real.position();
        }

        @Override
        public SeekableByteChannel position(long position) throws IOException {
            return real.position(position);
        }

        @Override
        public long size() throws IOException {
            return real.size();
        }

        @Override
        public boolean isOpen() {
            return real.isOpen();
        }

        @Override
        public void close() throws IOException {
            real.close();
        }
    }
}
