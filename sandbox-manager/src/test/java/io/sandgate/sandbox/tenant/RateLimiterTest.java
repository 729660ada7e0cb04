package io.sandgate.sandbox.tenant;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Buckets in virtual time.
class RateLimiterTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

    @Test
    void burst_isTwiceTheRateAndThenTheRate() {
        RateLimiter limiter = new RateLimiter(10, nanos::get);
        for (int i = 0; i < 10; i++) {
            assertThat(limiter.take("a", 5)).isEqualTo(new Allowance(true, 10, 9 - i, (i + 5) / 5, 1));
        }
        assertThat(limiter.take("a", 5)).isEqualTo(new Allowance(false, 10, 0, 2, 1));

        pass(Duration.ofMillis(200));
        assertThat(limiter.take("a", 5).isAllowed()).isTrue();
        assertThat(limiter.take("a", 5).isAllowed()).isFalse();

        pass(Duration.ofHours(1));
        assertThat(limiter.take("a", 5).remaining()).isEqualTo(9);
    }

    @Test
    void names_haveBucketsOfTheirOwn() {
        RateLimiter limiter = new RateLimiter(10, nanos::get);
        limiter.take("a", 1);
        limiter.take("a", 1);

        assertThat(limiter.take("a", 1).isAllowed()).isFalse();
        assertThat(limiter.take("b", 1).isAllowed()).isTrue();
    }

    @Test
    void rate_thatChanged_holdsAtOnce() {
        RateLimiter limiter = new RateLimiter(10, nanos::get);
        limiter.take("a", 100);

        assertThat(limiter.take("a", 1)).isEqualTo(new Allowance(true, 2, 1, 1, 1));
    }

    @Test
    void table_ofBuckets_forgetsTheOneUsedLeastRecently() {
        RateLimiter limiter = new RateLimiter(2, nanos::get);
        drain(limiter, "a");
        drain(limiter, "b");
        limiter.take("a", 1);
        limiter.take("c", 1);

        assertThat(limiter.take("a", 1).isAllowed()).isFalse();
        assertThat(limiter.take("b", 1).isAllowed()).isTrue();
    }

    @Test
    void failures_ofAnAddress_hideWhatIsValidButNotWhatWasUsedBefore() {
        FailedLogins logins = new FailedLogins(1, nanos::get);
        logins.succeeded("10.0.0.1", "known");
        logins.failed("10.0.0.1");
        assertThat(logins.look("10.0.0.1", "other").isAllowed()).isTrue();
        logins.failed("10.0.0.1");

        assertThat(logins.look("10.0.0.1", "other").isAllowed()).isFalse();
        assertThat(logins.look("10.0.0.1", "known").isAllowed()).isTrue();
        assertThat(logins.look("10.0.0.2", "known").isAllowed()).isTrue();

        pass(Duration.ofSeconds(1));
        assertThat(logins.look("10.0.0.1", "other").isAllowed()).isTrue();
    }

    @Test
    void failures_withoutALimit_areNotCounted() {
        FailedLogins logins = new FailedLogins(0, nanos::get);
        for (int i = 0; i < 100; i++) {
            logins.failed("10.0.0.1");
        }

        assertThat(logins.look("10.0.0.1", "other").isAllowed()).isTrue();
    }

    private static void drain(RateLimiter limiter, String name) {
        while (limiter.take(name, 1).isAllowed()) {
            // until it is empty
        }
    }

    private void pass(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }
}
