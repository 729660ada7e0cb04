package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.driver.DriverException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Who gets which address, on one machine and within one block.
class AddressPoolTest {

    /// Kept apart from the default range, which running replicas may use.
    private static final AddressRange RANGE = AddressRange.parse("127.240.0.0/14");

    @TempDir
    Path directory;

    private Instant now = Instant.EPOCH;
    private final Set<String> elsewhere = new HashSet<>();
    private final AddressPool pool = new AddressPool(Addresses.parse("127.64.8.0"), 16, Duration.ofSeconds(60),
            elsewhere::contains, () -> now, new SplittableRandom(1));

    @Test
    void allocate_givesEachAddressOnceAndThenNone() {
        Set<String> given = new HashSet<>();
        for (int i = 0; i < 13; i++) {
            given.add(pool.allocate("i" + i));
        }

        assertThat(given).hasSize(13).doesNotContain("127.64.8.0", "127.64.8.14", "127.64.8.15");
        assertThatThrownBy(() -> pool.allocate("more")).isInstanceOf(DriverException.class)
                .hasMessageContaining("sandgate.sandbox.addresses");
    }

    @Test
    void allocate_skipsWhatOthersUseAndWhatWasAdopted() {
        for (int i = 1; i <= 6; i++) {
            elsewhere.add("127.64.8." + i);
            pool.adopt("a" + i, "127.64.8." + (i + 6));
        }

        assertThat(pool.allocate("i")).isEqualTo("127.64.8.13");
    }

    @Test
    void release_letsTheAddressRestFirst() {
        for (int i = 0; i < 13; i++) {
            pool.allocate("i" + i);
        }
        pool.release("i5");
        pool.release("i5");
        now = now.plusSeconds(59);
        assertThatThrownBy(() -> pool.allocate("early")).isInstanceOf(DriverException.class);

        now = now.plusSeconds(1);
        assertThat(pool.allocate("late")).startsWith("127.64.8.");
        assertThat(pool.used()).isEqualTo(13);
    }

    @Test
    void blocks_areTakenByOneAtATimeAndRemembered() throws Exception {
        Path one = directory.resolve("one");
        Path two = directory.resolve("two");
        int block;
        try (BlockClaim first = BlockClaim.take(RANGE, List.of(), one);
                BlockClaim second = BlockClaim.take(RANGE, List.of(), two)) {
            assertThat(first.firstAddress()).isNotEqualTo(second.firstAddress());
            block = first.firstAddress();
        }

        // Whoever comes first gets what it had, whatever else is free.
        try (BlockClaim again = BlockClaim.take(RANGE, List.of(), one)) {
            assertThat(again.firstAddress()).isEqualTo(block);
        }
        // Living sandboxes go before memory.
        int wanted = RANGE.block((RANGE.blockOf(block) + 1) % RANGE.blocks());
        try (BlockClaim moved = BlockClaim.take(RANGE, List.of(wanted + 9), one)) {
            assertThat(moved.firstAddress()).isEqualTo(wanted);
        }
    }

    @Test
    void blocks_allTaken_isRefusedWithTheSetting() throws Exception {
        AddressRange narrow = AddressRange.parse("127.239.1.0/24");
        try (DatagramSocket _ = new DatagramSocket(
                new InetSocketAddress("127.239.1.254", BlockClaim.PORT))) {
            assertThatThrownBy(() -> BlockClaim.take(narrow, List.of(), directory.resolve("x")))
                    .hasMessageContaining("sandgate.sandbox.addresses: 127.239.1.0/24");
        }
    }
}
