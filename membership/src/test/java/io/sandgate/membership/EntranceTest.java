package io.sandgate.membership;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.membership.Discovery.Dns;
import io.sandgate.membership.Discovery.Listed;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EntranceTest {
    private static final InetSocketAddress OTHER = new InetSocketAddress("127.0.0.9", 7800);

    private final AtomicLong now = new AtomicLong();
    private final AtomicReference<List<InetSocketAddress>> open = new AtomicReference<>(List.of());

    private final AtomicReference<Optional<Member>> twin = new AtomicReference<>(Optional.empty());

    @Test
    void replica_whoseIdAnotherLivingMemberHas_isOutsideUntilThatOneIsSilent() {
        Entrance entrance = listed();
        twin.set(Optional.of(Members.member("r1", 7)));

        assertThat(entrance.look(2)).isFalse();
        assertThat(entrance.reason())
                .startsWith("another living replica has its sandgate.replica.id, r1: the one with the"
                        + " peer listener 127.0.0.1:7789 (stop one of them, or rename it)");
        twin.set(Optional.empty());
        assertThat(entrance.look(2)).isTrue();
        twin.set(Optional.of(Members.member("r1", 7)));
        assertThat(entrance.look(2)).isTrue();
        assertThat(entrance.reason()).isEmpty();
    }

    @Test
    void replica_withOthersInItsView_isIn() {
        Entrance entrance = listed();
        open.set(List.of(OTHER));
        assertThat(entrance.reason())
                .isEqualTo("it looks for the cluster by 127.0.0.9:7800 (trying for 0 s)");

        assertThat(entrance.look(1)).isTrue();
        assertThat(entrance.reason()).isEmpty();
    }

    @Test
    void replica_thatIsAloneWhereNobodyListens_isIn_andStaysSo() {
        Entrance entrance = listed();

        assertThat(entrance.look(0)).isTrue();
        open.set(List.of(OTHER));
        assertThat(entrance.look(0)).isTrue();
        assertThat(entrance.reason()).isEmpty();
    }

    @Test
    void replica_thatIsAloneWhereSomebodyListens_isOutsideUntilThatChanges() {
        Entrance entrance = listed();
        open.set(List.of(OTHER));

        assertThat(entrance.look(0)).isFalse();
        now.addAndGet(Duration.ofSeconds(12).toNanos());
        assertThat(entrance.reason()).isEqualTo(
                "it is not let into the cluster: 127.0.0.9:7800 answered and did not take it in (trying for 12 s)");
        open.set(List.of());
        assertThat(entrance.look(0)).isTrue();
    }

    @Test
    void replica_thatIsRefusedByMany_namesAFew() {
        Entrance entrance = listed();
        open.set(IntStream.range(1, 8).mapToObj(i -> new InetSocketAddress("127.0.0." + i, 1)).toList());

        assertThat(entrance.look(0)).isFalse();
        assertThat(entrance.reason()).contains("127.0.0.5:1 and 2 more answered").doesNotContain("127.0.0.6");
    }

    @Test
    void replica_thatCannotFindOutWhereTheOthersAre_isOutside() {
        Approach approach = new Approach(new Dns("peers.test", Dns.Kind.A, Optional.empty()),
                new SimpleMeterRegistry());
        Entrance entrance = new Entrance(approach, listeners -> List.of(), twin::get, now::get);
        approach.failed("no such host");

        assertThat(entrance.look(0)).isFalse();
        assertThat(entrance.reason())
                .isEqualTo("it cannot find the cluster: DNS A peers.test: no such host (trying for 0 s)");
        approach.found(List.of(OTHER));
        assertThat(entrance.look(0)).isTrue();
    }

    private Entrance listed() {
        return new Entrance(
                new Approach(new Listed(List.of(new Endpoint("127.0.0.9", 7800))), new SimpleMeterRegistry()),
                listeners -> open.get(), twin::get, now::get);
    }
}
