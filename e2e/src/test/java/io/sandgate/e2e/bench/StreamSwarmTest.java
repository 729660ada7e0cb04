package io.sandgate.e2e.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// The benchmark's own clients, and the server that it compares with.
@Timeout(30)
class StreamSwarmTest {

    @Test
    void swarm_countsWhatAPlainServerWrites() throws Exception {
        List<Integer> sizes = new ArrayList<>();
        try (PlainSocketsProcess plain = PlainSocketsProcess.start(1_000, 300);
                StreamSwarm swarm = new StreamSwarm(plain.port(), "", message -> sizes.add(message.length))) {
            for (int i = 0; i < 10; i++) {
                swarm.open("/", i == 0);
            }
            await().atMost(Duration.ofSeconds(10)).until(() -> swarm.frames() > 2_000);
            assertThat(swarm.ended()).isZero();
            assertThat(swarm.bytes()).isBetween(304L * swarm.frames() - 3_040_000, 304L * swarm.frames() + 3_040_000);
        }
        assertThat(sizes).isNotEmpty().containsOnly(300);
    }

    @Test
    void reader_cutsFramesWhereverTheBytesAreCut() {
        ByteBuffer sent = ByteBuffer.allocate(80_000);
        sent.put((byte) 0x81).put((byte) 2).put("hi".getBytes(StandardCharsets.US_ASCII));
        sent.put((byte) 0x89).put((byte) 0);
        sent.put((byte) 0x81).put((byte) 126).putShort((short) 500).put(new byte[500]);
        sent.put((byte) 0x81).put((byte) 127).putLong(70_000).put(new byte[70_000]);
        sent.put((byte) 0x88).put((byte) 2).putShort((short) 1001);
        byte[] all = new byte[sent.flip().remaining()];
        sent.get(all);

        for (int step : List.of(1, 3, 7, 100, all.length)) {
            FrameReader keeps = new FrameReader(true);
            FrameReader counts = new FrameReader(false);
            List<Integer> sizes = new ArrayList<>();
            List<Integer> pings = new ArrayList<>();
            for (int at = 0; at < all.length; at += step) {
                ByteBuffer part = ByteBuffer.wrap(all, at, Math.min(step, all.length - at));
                keeps.read(part.duplicate(), message -> sizes.add(message.length), ping -> pings.add(ping.length));
                counts.read(part, message -> {}, ping -> {});
            }
            assertThat(sizes).containsExactly(2, 500, 70_000);
            assertThat(pings).containsExactly(0);
            assertThat(counts.frames()).isEqualTo(3);
            assertThat(counts.bytes()).isEqualTo(all.length);
            assertThat(keeps.isClosed() && counts.isClosed()).isTrue();
        }
    }
}
