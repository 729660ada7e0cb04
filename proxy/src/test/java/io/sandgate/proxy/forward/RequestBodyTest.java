package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.sandgate.proxy.http1.BodyFramer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RequestBodyTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Line sandbox = new Line(channel, channel);
    private final BodyFramer framer = new BodyFramer();
    private final RequestBody body = new RequestBody(framer);

    private boolean passWhole(String text) {
        ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
        boolean passed = body.passWhole(bytes, sandbox);
        if (!passed) {
            bytes.release();
        }
        return passed;
    }

    @Test
    void passWhole_bytesOfTheBody_arePassedUntilItsEnd() {
        framer.length(5);
        assertThat(passWhole("abc")).isTrue();
        assertThat(passWhole("def")).isFalse();
        assertThat(passWhole("de")).isTrue();
        assertThat(body.isComplete()).isTrue();
        assertThat(body.taken()).isEqualTo(5);
        assertThat(passWhole("x")).isFalse();
        sandbox.flush();
        assertThat(channel.outboundMessages()).hasSize(2);
        channel.finishAndReleaseAll();
    }

    @Test
    void passWhole_noBytes_changesNothing() {
        assertThat(passWhole("")).isFalse();
        assertThat(body.isComplete()).isTrue();
        assertThat(body.isTouched()).isFalse();
        channel.finishAndReleaseAll();
    }
}
