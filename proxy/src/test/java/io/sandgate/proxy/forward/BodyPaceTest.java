package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BodyPaceTest {

    private static final class Sent implements Stage {
        private long taken;

        @Override
        public boolean take(ByteBuf in) {
            return false;
        }

        @Override
        public long bodyTaken() {
            return taken;
        }
    }

    private final Sent body = new Sent();
    private BodyPace pace = pace(100);

    private static BodyPace pace(int rate) {
        ForwardSettings.Clients d = ForwardSettings.Clients.DEFAULT;
        return new BodyPace(new ForwardSettings.Clients(d.idleTimeout(), d.headTimeout(), rate, Duration.ofSeconds(30),
                d.maxRequestLine(), d.maxHeaderSize()));
    }

    private boolean isTooSlow(Stage stage, long second) {
        return pace.isTooSlow(stage, TimeUnit.SECONDS.toNanos(second));
    }

    @Test
    void body_belowTheRateOverTheWindow_isTooSlow() {
        assertThat(isTooSlow(body, 0)).isFalse();
        body.taken = 2_999;
        assertThat(isTooSlow(body, 29)).isFalse();
        assertThat(isTooSlow(body, 30)).isTrue();
    }

    @Test
    void body_atTheRate_hasAnotherWindow() {
        for (int second = 0; second <= 300; second += 10) {
            assertThat(isTooSlow(body, second)).isFalse();
            body.taken += 1_000;
        }
        body.taken -= 1_000;
        assertThat(isTooSlow(body, 330)).isTrue();
    }

    @Test
    void body_thatSomebodyElseHoldsUp_beginsAnew() {
        assertThat(isTooSlow(body, 0)).isFalse();
        body.taken = Stage.NO_BODY;
        assertThat(isTooSlow(body, 29)).isFalse();
        body.taken = 0;
        assertThat(isTooSlow(body, 31)).isFalse();
        assertThat(isTooSlow(body, 60)).isFalse();
        assertThat(isTooSlow(body, 61)).isTrue();
    }

    @Test
    void body_ofAnotherRequest_hasAWindowOfItsOwn() {
        assertThat(isTooSlow(body, 0)).isFalse();
        Sent next = new Sent();
        next.taken = 10;
        assertThat(isTooSlow(next, 29)).isFalse();
        assertThat(isTooSlow(next, 31)).isFalse();
        assertThat(isTooSlow(next, 59)).isTrue();
    }

    @Test
    void rate_ofZero_isAny() {
        pace = pace(0);
        assertThat(isTooSlow(body, 0)).isFalse();
        assertThat(isTooSlow(body, 3_000)).isFalse();
    }
}
