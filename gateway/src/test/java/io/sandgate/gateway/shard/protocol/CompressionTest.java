package io.sandgate.gateway.shard.protocol;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CompressionTest {
    private static final int MAX = 100_000;

    /// Compresses messages as the upstream does, one connection's.
    private interface Upstream extends AutoCloseable {
        byte[] frame(byte[] message);

        @Override
        void close();
    }

    private static final class Zlib implements Upstream {
        private final Deflater deflater = new Deflater();

        @Override
        public byte[] frame(byte[] message) {
            deflater.setInput(message);
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            byte[] part = new byte[4096];
            int count;
            do {
                count = deflater.deflate(part, 0, part.length, Deflater.SYNC_FLUSH);
                frame.write(part, 0, count);
            } while (count == part.length);
            return frame.toByteArray();
        }

        @Override
        public void close() {
            deflater.end();
        }
    }

    private static final class Zstd implements Upstream {
        private final ZstdCompressCtx context = new ZstdCompressCtx();

        Zstd(int windowLog) {
            context.setWindowLog(windowLog);
        }

        @Override
        public byte[] frame(byte[] message) {
            ByteBuffer input = ByteBuffer.allocateDirect(message.length).put(message).flip();
            ByteBuffer output = ByteBuffer.allocateDirect(message.length * 2 + 1000);
            assertThat(context.compressDirectByteBufferStream(output, input, EndDirective.FLUSH)).isTrue();
            byte[] frame = new byte[output.flip().remaining()];
            output.get(frame);
            return frame;
        }

        @Override
        public void close() {
            context.close();
        }
    }

    private static final class Plain implements Upstream {
        @Override
        public byte[] frame(byte[] message) {
            return message;
        }

        @Override
        public void close() {}
    }

    private static Upstream upstream(Compression compression) {
        return switch (compression) {
            case NONE -> new Plain();
            case ZLIB_STREAM -> new Zlib();
            case ZSTD_STREAM -> new Zstd(20);
        };
    }

    @Test
    void parameter_eachCompression_isTheUpstreamsName() {
        assertThat(Compression.NONE.parameter()).isEmpty();
        assertThat(Compression.ZLIB_STREAM.parameter()).contains("zlib-stream");
        assertThat(Compression.ZSTD_STREAM.parameter()).contains("zstd-stream");
    }

    @ParameterizedTest
    @EnumSource
    void read_manyMessages_givesEachAsItWas(Compression compression) throws BadFrameException {
        Random random = new Random(11);
        try (Upstream upstream = upstream(compression); FrameReader reader = compression.open(MAX)) {
            for (int i = 0; i < 500; i++) {
                byte[] message = message(random, 1 + random.nextInt(i % 50 == 0 ? MAX : 3000));
                assertThat(reader.read(upstream.frame(message)).orElseThrow()).isEqualTo(message);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void zlib_messageInAnyParts_isCompleteWithTheLast(long seed) throws BadFrameException {
        Random random = new Random(seed);
        try (Upstream upstream = new Zlib(); FrameReader reader = Compression.ZLIB_STREAM.open(MAX)) {
            for (int i = 0; i < 100; i++) {
                byte[] message = message(random, 1 + random.nextInt(2000));
                List<byte[]> parts = split(upstream.frame(message), random);
                for (byte[] part : parts.subList(0, parts.size() - 1)) {
                    assertThat(reader.read(part)).isEmpty();
                }
                assertThat(reader.read(parts.getLast()).orElseThrow()).isEqualTo(message);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void read_messageOfTheBound_isReadAndALongerOneRefused(Compression compression) throws BadFrameException {
        Random random = new Random(3);
        for (int max : new int[]{511, 1023, 1024, 4096, 5000, 131_072, 131_073}) {
            try (Upstream upstream = upstream(compression); FrameReader reader = compression.open(max * 2)) {
                byte[] compressible = new byte[max * 2];
                assertThat(reader.read(upstream.frame(compressible)).orElseThrow()).isEqualTo(compressible);
                byte[] message = message(random, max);
                assertThat(reader.read(upstream.frame(message)).orElseThrow()).isEqualTo(message);
                assertThatThrownBy(() -> reader.read(upstream.frame(new byte[max * 2 + 1])))
                        .isInstanceOf(BadFrameException.class)
                        .hasMessage("message: longer (expected: at most " + max * 2 + " bytes)");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void read_bomb_isRefusedWithoutTheMemoryForIt(Compression compression) {
        try (Upstream upstream = upstream(compression); FrameReader reader = compression.open(MAX)) {
            byte[] bomb = upstream.frame(new byte[50_000_000]);
            assertThat(bomb).hasSizeLessThan(MAX);
            long before = allocated();
            assertThatThrownBy(() -> reader.read(bomb)).isInstanceOf(BadFrameException.class);
            assertThat(allocated() - before).isLessThan(10_000_000);
        }
    }

    @Test
    void zlib_partsWithoutEnd_areRefusedAtTheBound() throws BadFrameException {
        try (FrameReader reader = Compression.ZLIB_STREAM.open(MAX)) {
            for (int i = 0; i < MAX / 1000; i++) {
                assertThat(reader.read(new byte[1000])).isEmpty();
            }
            assertThatThrownBy(() -> reader.read(new byte[1])).isInstanceOf(BadFrameException.class);
        }
    }

    @Test
    void zlib_streamThatEnds_isRefused() {
        Deflater deflater = new Deflater();
        deflater.setInput(new byte[]{'{', '}'});
        deflater.finish();
        byte[] frame = new byte[100];
        int size = deflater.deflate(frame);
        deflater.end();
        byte[] suffixed = Arrays.copyOf(frame, size + 4);
        suffixed[size + 2] = -1;
        suffixed[size + 3] = -1;
        try (FrameReader reader = Compression.ZLIB_STREAM.open(MAX)) {
            assertThatThrownBy(() -> reader.read(suffixed)).isInstanceOf(BadFrameException.class)
                    .hasMessageContaining("ends");
        }
    }

    @Test
    void zstd_windowBeyondTheBound_isRefused() throws BadFrameException {
        byte[] message = {'{', '}'};
        try (Upstream upstream = new Zstd(23); FrameReader reader = Compression.ZSTD_STREAM.open(MAX)) {
            assertThat(reader.read(upstream.frame(message)).orElseThrow()).isEqualTo(message);
        }
        try (Upstream upstream = new Zstd(24); FrameReader reader = Compression.ZSTD_STREAM.open(MAX)) {
            assertThatThrownBy(() -> reader.read(upstream.frame(message))).isInstanceOf(BadFrameException.class)
                    .hasMessageContaining("window");
        }
    }

    @ParameterizedTest
    @EnumSource
    void read_afterABadFrameOrTheClose_isRefused(Compression compression) {
        FrameReader broken = compression.open(10);
        assertThatThrownBy(() -> broken.read(new byte[11])).isInstanceOf(BadFrameException.class);
        assertThatThrownBy(() -> broken.read(new byte[1])).isInstanceOf(BadFrameException.class)
                .hasMessageContaining("after the end");
        broken.close();
        FrameReader closed = compression.open(10);
        closed.close();
        closed.close();
        assertThatThrownBy(() -> closed.read(new byte[1])).isInstanceOf(BadFrameException.class);
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void read_randomBytes_areReadOrRefused(Compression compression) {
        Random random = new Random(7);
        for (int i = 0; i < 3000; i++) {
            try (Upstream upstream = upstream(compression); FrameReader reader = compression.open(10_000)) {
                assertThat(feed(reader, upstream, random)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void read_emptyFrames_giveNothingOrAreRefused(Compression compression) throws BadFrameException {
        try (FrameReader reader = compression.open(10_000)) {
            for (int i = 0; i < 100; i++) {
                assertThat(reader.read(new byte[0])).satisfies(read -> assertThat(read.orElse(new byte[0])).isEmpty());
            }
        }
    }

    private static boolean feed(FrameReader reader, Upstream upstream, Random random) {
        try {
            for (int frames = 0; frames < 5; frames++) {
                byte[] frame = upstream.frame(message(random, 1 + random.nextInt(500)));
                if (random.nextInt(3) == 0) {
                    random.nextBytes(frame);
                    frame = Arrays.copyOf(frame, frame.length + random.nextInt(8));
                } else {
                    frame[random.nextInt(frame.length)] = (byte) random.nextInt();
                }
                Optional<byte[]> message = reader.read(frame);
                assertThat(message.map(read -> read.length).orElse(0)).isLessThanOrEqualTo(10_000);
            }
        } catch (BadFrameException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
        return true;
    }

    /// Half of it can be compressed.
    private static byte[] message(Random random, int length) {
        byte[] message = new byte[length];
        random.nextBytes(message);
        Arrays.fill(message, 0, length / 2, (byte) 'a');
        return message;
    }

    private static List<byte[]> split(byte[] frame, Random random) {
        List<byte[]> parts = new ArrayList<>();
        for (int from = 0; from < frame.length;) {
            int to = Math.min(frame.length, from + 1 + random.nextInt(random.nextBoolean() ? 3 : frame.length));
            parts.add(Arrays.copyOfRange(frame, from, to));
            from = to;
        }
        return parts;
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }
}
