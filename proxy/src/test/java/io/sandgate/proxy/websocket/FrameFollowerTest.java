package io.sandgate.proxy.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class FrameFollowerTest {

    private static final int BINARY = 0x82;
    private static final int CLOSE = 0x88;

    private static ByteBuf frame(int first, boolean masked, int length) {
        ByteBuf frame = Unpooled.buffer().writeByte(first);
        int mask = masked ? 0x80 : 0;
        if (length < 126) {
            frame.writeByte(mask | length);
        } else if (length < 65_536) {
            frame.writeByte(mask | 126).writeShort(length);
        } else {
            frame.writeByte(mask | 127).writeLong(length);
        }
        byte[] rest = new byte[length + (masked ? 4 : 0)];
        new Random(length).nextBytes(rest);
        return frame.writeBytes(rest);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 300, 65_535, 65_536, 70_000})
    void frames_cutAnywhere_areOpenAtTheirEndsOnly(int length) {
        for (boolean masked : new boolean[]{false, true}) {
            ByteBuf one = frame(BINARY, masked, length);
            for (int cut = 1; cut < one.readableBytes(); cut += cut < 20 ? 1 : 997) {
                FrameFollower follower = new FrameFollower();
                follower.follow(one.slice(0, cut));
                assertThat(follower.isOpen()).as("%d of %d bytes", cut, length).isFalse();
                follower.follow(one.slice(cut, one.readableBytes() - cut));
                assertThat(follower.isOpen()).isTrue();
            }
            FrameFollower twice = new FrameFollower();
            twice.follow(Unpooled.wrappedBuffer(one.slice(), one.slice(), one.slice(0, 1)));
            assertThat(twice.isOpen()).isFalse();
            assertThat(one.readerIndex()).isZero();
        }
    }

    @Test
    void frames_ofAnySizes_inAnyPieces_endOpen() {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 300; round++) {
            ByteBuf all = Unpooled.buffer();
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                all.writeBytes(
                        frame(BINARY, random.nextBoolean(), random.nextInt(random.nextBoolean() ? 130 : 70_000)));
            }
            FrameFollower follower = new FrameFollower();
            while (all.isReadable()) {
                follower.follow(all.readSlice(Math.min(all.readableBytes(), random.nextInt(1, 5_000))));
            }
            assertThat(follower.isOpen()).as("round %d", round).isTrue();
        }
    }

    @Test
    void close_sent_isTheLastWord() {
        FrameFollower follower = new FrameFollower();
        follower.follow(frame(CLOSE, false, 2));
        assertThat(follower.isOpen()).isFalse();
    }

    @Test
    void length_thatCannotBe_neverEnds() {
        FrameFollower follower = new FrameFollower();
        follower.follow(Unpooled.buffer().writeByte(BINARY).writeByte(127).writeLong(-5));
        follower.follow(Unpooled.buffer().writeZero(100_000));
        assertThat(follower.isOpen()).isFalse();
    }

    @Test
    void closeFrames_areWholeAndSay1001() {
        ByteBuf toClient = CloseFrame.toClient(UnpooledByteBufAllocator.DEFAULT);
        assertThat(toClient).isEqualTo(Unpooled.wrappedBuffer(new byte[]{(byte) 0x88, 2, 3, (byte) 0xe9}));
        ByteBuf toServer = CloseFrame.toServer(UnpooledByteBufAllocator.DEFAULT, 0xfedcba98);
        assertThat(toServer.getUnsignedByte(1)).isEqualTo((short) 0x82);
        assertThat(toServer.getInt(2)).isEqualTo(0xfedcba98);
        assertThat(toServer.getUnsignedShort(6) ^ 0xfedc).isEqualTo(1001);
        assertThat(toServer.readableBytes()).isEqualTo(8);
        toClient.release();
        toServer.release();
    }
}
