package io.sandgate.gateway.stream.webhook;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// What is registered, as far as this replica knows: the newest record of each webhook, also of those that are gone, so that
/// no older news brings them back.
///
/// Confined to one thread. Bounded: registrations by the limits for those who make them, and what is gone by age and number. A
/// replica that was away for longer than [#GONE_FOR] can bring back what was deleted meanwhile.
final class WebhookBook {
    /// How long it is remembered that a webhook is gone.
    static final Duration GONE_FOR = Duration.ofDays(7);

    private final String self;
    private final InstantSource clock;
    private final int most;
    private final Map<String, WebhookRecord> records = new TreeMap<>();

    /// @param most webhooks in all, and as many that are gone
    WebhookBook(String self, InstantSource clock, int most) {
        this.self = self;
        this.clock = clock;
        this.most = most;
    }

    /// Keeps what is newer than what is known.
    ///
    /// @return those that were
    List<WebhookRecord> join(Collection<WebhookRecord> heard) {
        Instant oldest = clock.instant().minus(GONE_FOR);
        List<WebhookRecord> news = new ArrayList<>();
        for (WebhookRecord record : heard) {
            WebhookRecord known = records.get(record.id());
            boolean isOver = record.isGone() && record.changedAt().isBefore(oldest);
            if (known == null ? !isOver : record.isNewerThan(known)) {
                records.put(record.id(), record);
                news.add(record);
            }
        }
        forget(oldest);
        return news;
    }

    /// Writes a state of a webhook, newer than all that is known of it.
    WebhookRecord put(Webhook webhook) {
        return write(webhook.id(), Optional.of(webhook));
    }

    /// Changes a webhook that is there.
    Optional<WebhookRecord> change(String id, UnaryOperator<Webhook> change) {
        return find(id).map(known -> put(change.apply(known)));
    }

    /// Deletes a webhook that is there.
    Optional<WebhookRecord> delete(String id) {
        return find(id).map(known -> write(id, Optional.empty()));
    }

    Optional<Webhook> find(String id) {
        return Optional.ofNullable(records.get(id)).flatMap(WebhookRecord::webhook);
    }

    Stream<Webhook> webhooks() {
        return records.values().stream().flatMap(record -> record.webhook().stream());
    }

    /// Whether anything is known of a webhook, be it that it is gone.
    boolean knows(String id) {
        return records.containsKey(id);
    }

    /// Whether nothing newer is known.
    boolean isNewest(WebhookRecord record) {
        return record.equals(records.get(record.id()));
    }

    boolean isFull() {
        return webhooks().count() >= most;
    }

    Collection<WebhookRecord> all() {
        return List.copyOf(records.values());
    }

    /// What is known of some.
    List<WebhookRecord> records(Collection<String> ids) {
        return ids.stream().flatMap(id -> Optional.ofNullable(records.get(id)).stream()).toList();
    }

    /// The stamp of each.
    Map<String, String> stamps() {
        Map<String, String> stamps = new TreeMap<>();
        records.forEach((id, record) -> stamps.put(id, record.stamp()));
        return stamps;
    }

    /// What two replicas have in common if they know the same.
    String digest() {
        MessageDigest digest = WebhookSignature.sha256();
        records.forEach((id, record) -> digest
                .update((id + " " + record.stamp() + "\n").getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest());
    }

    private WebhookRecord write(String id, Optional<Webhook> webhook) {
        WebhookRecord known = records.get(id);
        WebhookRecord record = new WebhookRecord(id, known == null ? 1 : known.version() + 1, self, clock.instant(),
                webhook);
        records.put(id, record);
        forget(clock.instant().minus(GONE_FOR));
        return record;
    }

    private void forget(Instant oldest) {
        records.values().removeIf(record -> record.isGone() && record.changedAt().isBefore(oldest));
        List<WebhookRecord> gone = records.values().stream().filter(WebhookRecord::isGone)
                .sorted(Comparator.comparing(WebhookRecord::changedAt).reversed()).toList();
        gone.stream().skip(most).forEach(record -> records.remove(record.id()));
    }
}
