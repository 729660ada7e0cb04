package io.sandgate.gateway.shard.sink;

import io.sandgate.gateway.shard.protocol.ShardId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BatchTest {
    private static final ShardId A = new ShardId(0, 2);
    private static final ShardId B = new ShardId(1, 2);

    private final Offered offered = new Offered();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Lines lines = new Lines(Lines.Form.WHOLE);

    @Test
    void write_notCurrent_isLetGoAtOnceAndTheRestWritten() {
        Batch batch = new Batch(List.of(offer(A, 1), offer(B, 1), offer(A, 2)));
        offered.lose(A);

        assertThat(batch.write(lines)).isTrue();

        assertThat(text()).isEqualTo(Offered.line(B, 1, "{}"));
        assertThat(offered.done()).containsExactly("0/2 1 false", "0/2 2 false");
        assertThat(waiting).hasValue(1);
        batch.accepted();
        assertThat(offered.done()).endsWith("1/2 1 true");
        assertThat(waiting).hasValue(0);
    }

    @Test
    void write_leaseLostHalfWay_keepsTheOrderOfTheShard() {
        AtomicInteger asked = new AtomicInteger();
        Offer first = new Offer(Offered.event(A, 1, "{}"), leaseFor(1, asked, 1), waiting);
        Offer second = new Offer(Offered.event(A, 2, "{}"), leaseFor(2, asked, 1), waiting);
        Batch batch = new Batch(List.of(first, second));

        assertThat(batch.write(lines)).isTrue();
        assertThat(text()).isEqualTo(Offered.line(A, 1, "{}"));
        assertThat(offered.done()).isEmpty();
        batch.accepted();

        assertThat(offered.done()).containsExactly("0/2 1 true", "0/2 2 false");
    }

    @Test
    void write_again_asksAgain() {
        Batch batch = new Batch(List.of(offer(A, 1), offer(B, 1)));
        assertThat(batch.write(lines)).isTrue();
        offered.lose(A);
        assertThat(batch.write(lines)).isTrue();
        assertThat(text()).isEqualTo(Offered.line(B, 1, "{}"));
        offered.lose(B);
        assertThat(batch.write(lines)).isFalse();
        assertThat(offered.done()).containsExactly("0/2 1 false", "1/2 1 false");
    }

    @Test
    void letGo_afterAWrite_acceptsNothing() {
        Batch batch = new Batch(List.of(offer(A, 1), offer(B, 1)));
        assertThat(batch.write(lines)).isTrue();
        batch.letGo();
        assertThat(offered.done()).containsExactly("0/2 1 false", "1/2 1 false");
    }

    @Test
    void lines_anyJson_areOneEach() {
        String large = "[" + Stream.generate(() -> "17").limit(20_000).reduce((a, b) -> a + ",\r\n" + b).orElseThrow()
                + "]";
        lines.add(Offered.event(A, 1, "{\n \"a\":\t\"\\n\"\r\n}"));
        lines.add(Offered.event(A, 2, large));
        assertThat(text()).isEqualTo(Offered.line(A, 1, "{  \"a\":\t\"\\n\"  }")
                + Offered.line(A, 2, large.replace('\r', ' ').replace('\n', ' ')));
        lines.clear();
        assertThat(text()).isEmpty();
    }

    private Delivery leaseFor(long sequence, AtomicInteger asked, int times) {
        Delivery delivery = offered.delivery(A, sequence);
        return new Delivery() {
            @Override
            public boolean isCurrent() {
                return asked.incrementAndGet() <= times;
            }

            @Override
            public void done(boolean accepted) {
                delivery.done(accepted);
            }
        };
    }

    private Offer offer(ShardId shard, long sequence) {
        return new Offer(Offered.event(shard, sequence, "{}"), offered.delivery(shard, sequence), waiting);
    }

    private String text() {
        return StandardCharsets.UTF_8.decode(lines.toBuffer()).toString();
    }
}
