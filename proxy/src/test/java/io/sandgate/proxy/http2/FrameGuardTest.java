package io.sandgate.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Where the bounds on the frames of a client are, and that no more than the bounds is refused.
class FrameGuardTest {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int PING = 6;
    private static final int CONTINUATION = 9;
    private static final int END_HEADERS = 4;
    private static final long WINDOW = TimeUnit.SECONDS.toNanos(10);
    private static final int COVERS = 1024;

    private final AtomicLong time = new AtomicLong(1_000);
    private final AtomicInteger floods = new AtomicInteger();
    private final FrameGuard guard = new FrameGuard(time::get, floods::incrementAndGet);
    private final EmbeddedChannel channel = new EmbeddedChannel(guard);

    @BeforeEach
    void begin() {
        come(Unpooled.copiedBuffer("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", StandardCharsets.US_ASCII));
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private static ByteBuf frame(int type, int flags, int length) {
        return Unpooled.buffer().writeMedium(length).writeByte(type).writeByte(flags).writeInt(1).writeZero(length);
    }

    private void come(ByteBuf bytes) {
        channel.writeInbound(bytes);
    }

    private void come(int type, int length, int times) {
        for (int i = 0; i < times; i++) {
            come(frame(type, 0, length));
        }
    }

    /// What has been passed on since this was asked.
    private int passed() {
        int bytes = 0;
        for (ByteBuf each = channel.readInbound(); each != null; each = channel.readInbound()) {
            bytes += each.readableBytes();
            each.release();
        }
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({"DATA,0,0", "PRIORITY,2,5", "RST_STREAM,3,4", "SETTINGS,4,6", "PING,6,8", "GOAWAY,7,8",
            "WINDOW_UPDATE,8,4", "CONTINUATION,9,1", "unknown,32,3"})
    void framesThatCarryNothing_areBounded(String ignoredName, int type, int length) {
        come(type, length, FrameGuard.MOST);
        assertThat(floods).hasValue(0);
        passed();

        come(type, length, 1);
        assertThat(floods).hasValue(1);
        assertThat(passed()).as("bytes passed on of the one too many").isZero();

        come(type, length, FrameGuard.MOST);
        assertThat(floods).as("it is said once").hasValue(1);
        assertThat(passed()).isZero();
    }

    @Test
    void framesThatCarryNothing_areCountedTogether() {
        come(PING, 8, FrameGuard.MOST / 2);
        come(DATA, 0, FrameGuard.MOST - FrameGuard.MOST / 2);
        assertThat(floods).hasValue(0);

        come(CONTINUATION, 0, 1);

        assertThat(floods).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {DATA, HEADERS})
    void framesThatCarrySomething_areNotCounted(int type) {
        come(type, 1, 3 * FrameGuard.MOST);

        assertThat(floods).hasValue(0);
    }

    @Test
    void count_beginsAnewAfterItsWindow() {
        come(PING, 8, FrameGuard.MOST);
        time.addAndGet(WINDOW + 1);
        come(PING, 8, FrameGuard.MOST);
        assertThat(floods).hasValue(0);

        time.addAndGet(WINDOW);
        come(PING, 8, 1);

        assertThat(floods).as("at the end of the window, and not beyond it").hasValue(1);
    }

    @Test
    void eachKibibyteThatWasSent_coversAFrame() {
        channel.writeOutbound(Unpooled.buffer().writeZero(COVERS), Unpooled.buffer().writeZero(2 * COVERS - 1));
        come(PING, 8, FrameGuard.MOST + 2);
        assertThat(floods).hasValue(0);

        come(PING, 8, 1);

        assertThat(floods).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 9, 10, 1_000})
    void framesInPieces_areFoundAllTheSame(int piece) {
        ByteBuf frames = Unpooled.buffer();
        // lengths of one, two and three octets, full of what would be frames of no length
        for (int length : new int[]{200, 60_000, 70_000}) {
            frames.writeBytes(frame(DATA, 0, length));
        }
        for (int i = 0; i < FrameGuard.MOST; i++) {
            frames.writeBytes(frame(PING, 0, 8));
        }
        while (frames.isReadable()) {
            come(frames.readRetainedSlice(Math.min(piece, frames.readableBytes())));
        }
        frames.release();
        assertThat(floods).hasValue(0);

        come(PING, 8, 1);

        assertThat(floods).hasValue(1);
    }

    @Test
    void fields_areOpenFromTheirFirstOctetToTheirLast() {
        long began = time.get();
        ByteBuf head = frame(HEADERS, 0, 10);
        come(head.readRetainedSlice(9));
        assertThat(guard.isOpen()).as("the header of the frame is there").isTrue();
        assertThat(guard.openSince()).isEqualTo(began);
        time.incrementAndGet();
        come(head);
        assertThat(guard.isOpen()).as("another frame with fields comes").isTrue();
        come(frame(CONTINUATION, 0, 10));
        come(frame(PING, END_HEADERS, 8));
        assertThat(guard.isOpen()).isTrue();
        assertThat(guard.openSince()).isEqualTo(began);

        ByteBuf last = frame(CONTINUATION, END_HEADERS, 10);
        come(last.readRetainedSlice(18));
        assertThat(guard.isOpen()).as("one octet is missing").isTrue();
        come(last);
        assertThat(guard.isOpen()).isFalse();
    }

    @Test
    void fieldsOfTheNextMessage_areOpenSinceTheyCome() {
        come(frame(HEADERS, END_HEADERS, 10));
        assertThat(guard.isOpen()).isFalse();
        time.addAndGet(5);

        come(frame(HEADERS, 0, 0));

        assertThat(guard.isOpen()).isTrue();
        assertThat(guard.openSince()).isEqualTo(time.get());
        come(frame(CONTINUATION, END_HEADERS, 0));
        assertThat(guard.isOpen()).isFalse();
    }

    @Test
    void whatComesAndWhatIsSent_isActivity() {
        long came = time.addAndGet(5);
        come(frame(DATA, 0, 1));
        assertThat(guard.lastActive()).isEqualTo(came);

        long sent = time.addAndGet(5);
        channel.writeOutbound(Unpooled.buffer().writeZero(1));
        assertThat(guard.lastActive()).isEqualTo(sent);
        time.addAndGet(5);
        assertThat(guard.lastActive()).isEqualTo(sent);
    }
}
