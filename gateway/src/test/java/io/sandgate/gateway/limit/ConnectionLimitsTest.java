package io.sandgate.gateway.limit;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.limit.Refused.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

class ConnectionLimitsTest {
    private static final String HERE = "192.0.2.1";
    private static final String KEY = "k1";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private long now;

    private ConnectionLimits limits(int total, Limit address, Limit key) {
        return new ConnectionLimits(new LimitSettings(total, address, key), () -> now, meters);
    }

    private static Lease lease(Admission admission) {
        return (Lease) admission;
    }

    private static String address(int number) {
        return "10.0." + number / 256 + "." + number % 256;
    }

    private void assertRefused(Admission admission, Reason reason) {
        assertThat(admission).isInstanceOfSatisfying(Refused.class,
                refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    private double refused(String reason) {
        return meters.get("sandgate.connections.refused").tag("reason", reason).counter().count();
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void admit_noLimit_letsAnyNumberIn() {
        ConnectionLimits limits = limits(0, Limit.NONE, Limit.NONE);

        for (int i = 0; i < 10_000; i++) {
            lease(limits.admit(HERE, KEY));
        }
    }

    @Test
    void admit_addressIsFull_isRefusedUntilOneIsClosed() {
        ConnectionLimits limits = limits(0, new Limit(2, 0, 0), Limit.NONE);
        Lease first = lease(limits.admit(HERE, KEY));
        lease(limits.admit(HERE, "k2"));

        assertRefused(limits.admit(HERE, "k3"), Reason.ADDRESS);
        lease(limits.admit("192.0.2.2", KEY));
        first.close();
        lease(limits.admit(HERE, KEY));
        assertRefused(limits.admit(HERE, KEY), Reason.ADDRESS);
        assertThat(refused("address")).isEqualTo(2);
    }

    @Test
    void admit_keyIsFull_isRefusedFromAnyAddress() {
        ConnectionLimits limits = limits(0, Limit.NONE, new Limit(1, 0, 0));
        lease(limits.admit(HERE, KEY));

        assertRefused(limits.admit("192.0.2.2", KEY), Reason.KEY);
        lease(limits.admit(HERE, "k2"));
        assertThat(refused("key")).isEqualTo(1);
    }

    @Test
    void admit_replicaIsFull_isRefusedAsUnavailable() {
        ConnectionLimits limits = limits(1, Limit.NONE, Limit.NONE);
        lease(limits.admit(HERE, KEY));

        Admission admission = limits.admit("192.0.2.2", "k2");

        assertRefused(admission, Reason.TOTAL);
        assertThat(((Refused) admission).status()).isEqualTo(503);
        assertThat(meters.get("sandgate.connections.leases").gauge().value()).isEqualTo(1);
    }

    @Test
    void close_twice_givesBackOnce() {
        ConnectionLimits limits = limits(0, new Limit(2, 0, 0), Limit.NONE);
        Lease first = lease(limits.admit(HERE, KEY));
        lease(limits.admit(HERE, KEY));

        first.close();
        first.close();

        lease(limits.admit(HERE, KEY));
        assertRefused(limits.admit(HERE, KEY), Reason.ADDRESS);
    }

    @Test
    void admit_fasterThanTheRate_isRefusedAndToldWhen() {
        ConnectionLimits limits = limits(0, new Limit(0, 2, 3), Limit.NONE);
        for (int i = 0; i < 3; i++) {
            lease(limits.admit(HERE, KEY)).close();
        }

        Admission admission = limits.admit(HERE, KEY);

        assertThat(admission).isEqualTo(new Refused(Reason.RATE, 1));
        assertThat(((Refused) admission).status()).isEqualTo(429);
        pass(Duration.ofMillis(499));
        assertRefused(limits.admit(HERE, KEY), Reason.RATE);
        pass(Duration.ofMillis(2));
        lease(limits.admit(HERE, KEY));
        assertRefused(limits.admit(HERE, KEY), Reason.RATE);
    }

    @Test
    void admit_rateOfTheKeyIsUsedUp_takesNothingFromTheAddress() {
        ConnectionLimits limits = limits(0, new Limit(0, 1, 2), new Limit(0, 1, 1));
        lease(limits.admit(HERE, KEY));
        for (int i = 0; i < 100; i++) {
            assertRefused(limits.admit(HERE, KEY), Reason.RATE);
        }

        lease(limits.admit(HERE, "k2"));
        assertRefused(limits.admit(HERE, "k3"), Reason.RATE);
    }

    @Test
    void admit_thousandAttemptsASecond_letsInWhatTheRateAllows() {
        ConnectionLimits limits = limits(0, new Limit(0, 10, 10), Limit.NONE);
        int opened = 0;

        for (int i = 0; i < 10_000; i++) {
            if (limits.admit(HERE, KEY) instanceof Lease lease) {
                opened++;
                lease.close();
            }
            pass(Duration.ofMillis(1));
        }

        assertThat(opened).isBetween(108, 111);
    }

    @ParameterizedTest
    @CsvSource({"2001:db8::1,2001:db8::ffff:1,true", "2001:db8:0:1::1,2001:db8:0:2::1,false",
            "fe80::1%eth0,fe80::2,true", "::ffff:192.0.2.1,192.0.2.1,true", "192.0.2.1,192.0.2.2,false"})
    void admit_addressesOfOneNetwork_countTogether(String one, String other, boolean together) {
        ConnectionLimits limits = limits(0, new Limit(1, 0, 0), Limit.NONE);
        lease(limits.admit(one, KEY));

        assertThat(limits.admit(other, KEY) instanceof Refused).isEqualTo(together);
    }

    @Test
    void admit_manyAddresses_remembersABoundedNumber() {
        ConnectionLimits limits = limits(0, new Limit(1, 1, 5), new Limit(0, 0, 0));
        List<Lease> open = new ArrayList<>();
        for (int i = 0; i < 3 * Usages.MOST_IDLE; i++) {
            Lease lease = lease(limits.admit(address(i), KEY));
            if (i < 10) {
                open.add(lease);
            } else {
                lease.close();
            }
        }

        assertThat(meters.get("sandgate.connections.limited").gauge().value())
                .isLessThanOrEqualTo(Usages.MOST_IDLE + 11);
        // what is open is never forgotten
        assertRefused(limits.admit(address(0), KEY), Reason.ADDRESS);
        open.forEach(Lease::close);
        lease(limits.admit(address(0), KEY));
    }

    @Test
    void admit_afterARest_remembersNothingOfTheAddress() {
        ConnectionLimits limits = limits(0, new Limit(1, 1, 1), Limit.NONE);
        Lease lease = lease(limits.admit(HERE, KEY));

        pass(Duration.ofSeconds(1));
        lease.close();

        assertThat(meters.get("sandgate.connections.limited").gauge().value()).isEqualTo(0);
    }

    @Test
    void admit_anyOrderOfOpeningAndClosing_agreesWithCounting() {
        Random random = new Random(7);
        for (int round = 0; round < 100; round++) {
            int total = random.nextInt(12);
            int perAddress = random.nextInt(5);
            int perKey = random.nextInt(5);
            ConnectionLimits limits = limits(total, new Limit(perAddress, 0, 0), new Limit(perKey, 0, 0));
            Map<String, AtomicInteger> open = new HashMap<>();
            Deque<Map.Entry<Lease, List<String>>> leases = new ArrayDeque<>();
            for (int step = 0; step < 300; step++) {
                if (random.nextInt(3) == 0 && !leases.isEmpty()) {
                    Map.Entry<Lease, List<String>> closed = random.nextBoolean()
                            ? leases.pollFirst()
                            : leases.pollLast();
                    closed.getKey().close();
                    closed.getValue().forEach(name -> count(open, name).decrementAndGet());
                    continue;
                }
                List<String> names = List.of(address(random.nextInt(4)), "k" + random.nextInt(4), "all");
                boolean expected = fits(open, "all", total) && fits(open, names.get(0), perAddress)
                        && fits(open, names.get(1), perKey);
                Admission admission = limits.admit(names.get(0), names.get(1));
                if (admission instanceof Lease != expected) {
                    fail("round " + round + ", step " + step + ": " + admission);
                }
                if (admission instanceof Lease lease) {
                    leases.add(Map.entry(lease, names));
                    names.forEach(name -> count(open, name).incrementAndGet());
                }
            }
        }
    }

    private static AtomicInteger count(Map<String, AtomicInteger> open, String name) {
        return open.computeIfAbsent(name, any -> new AtomicInteger());
    }

    private static boolean fits(Map<String, AtomicInteger> open, String name, int most) {
        return most == 0 || count(open, name).get() < most;
    }

    @Test
    void limit_impossibleNumbers_areRefusedWithWhatIsExpected() {
        assertThatThrownBy(() -> new Limit(-1, 0, 0)).hasMessage("open: -1 (expected: 0 or more)");
        assertThatThrownBy(() -> new Limit(0, 5, 0)).hasMessage("burst: 0 (expected: 1 or more)");
        assertThatThrownBy(() -> new LimitSettings(-1, Limit.NONE, Limit.NONE))
                .hasMessage("total: -1 (expected: 0 or more)");
    }
}
