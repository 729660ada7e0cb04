package io.sandgate.gateway.stream.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class WebhookBookTest {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final WebhookBook book = new WebhookBook("r1", () -> now, 3);
    private final WebhookBook other = new WebhookBook("r2", () -> now, 3);

    @Test
    void newer_wins_whicheverComesLast() {
        WebhookRecord first = book.put(DeliveryRig.webhook("w", "a"));
        WebhookRecord second = book.put(DeliveryRig.webhook("w", "a").disabled("why"));

        assertThat(other.join(List.of(second))).containsExactly(second);
        assertThat(other.join(List.of(first))).isEmpty();
        assertThat(other.find("w").orElseThrow().enabled()).isFalse();
    }

    @Test
    void sameVersion_ofTwoWriters_hasOneWinner() {
        WebhookRecord mine = book.put(DeliveryRig.webhook("w", "a"));
        WebhookRecord theirs = other.put(DeliveryRig.webhook("w", "b"));
        book.join(List.of(theirs));
        other.join(List.of(mine));

        assertThat(book.digest()).isEqualTo(other.digest());
        assertThat(book.find("w").orElseThrow().team()).isEqualTo("b");
    }

    @Test
    void deleted_isNotBroughtBackByOlderNews() {
        WebhookRecord made = book.put(DeliveryRig.webhook("w", "a"));
        book.delete("w");

        assertThat(book.join(List.of(made))).isEmpty();
        assertThat(book.find("w")).isEmpty();
    }

    @Test
    void deleted_isForgottenAfterAWhile_andNotTakenFromThoseWhoHaveNot() {
        book.put(DeliveryRig.webhook("w", "a"));
        WebhookRecord gone = book.delete("w").orElseThrow();
        now = now.plus(WebhookBook.GONE_FOR).plus(Duration.ofSeconds(1));
        book.put(DeliveryRig.webhook("v", "a"));

        assertThat(book.stamps()).containsOnlyKeys("v");
        assertThat(book.join(List.of(gone))).isEmpty();
    }

    @Test
    void deleted_areBoundedInNumber() {
        IntStream.range(0, 10).forEach(i -> {
            now = now.plusSeconds(1);
            book.put(DeliveryRig.webhook("w" + i, "a"));
            book.delete("w" + i);
        });

        assertThat(book.stamps()).containsOnlyKeys("w7", "w8", "w9");
    }

    @Test
    void records_surviveTheWire() {
        book.put(DeliveryRig.webhook("w", "a"));
        book.put(DeliveryRig.webhook("v", "a").disabled("why"));
        book.delete("w");

        assertThat(WebhookJson.read(WebhookJson.write(book.all()))).containsExactlyElementsOf(book.all());
    }

    @Test
    void texts_showNoSecret() {
        WebhookRecord record = book.put(DeliveryRig.webhook("w", "a"));

        assertThat(record.toString()).doesNotContain("secret", "receiver.test/w");
    }
}
