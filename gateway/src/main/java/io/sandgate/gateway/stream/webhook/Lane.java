package io.sandgate.gateway.stream.webhook;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Origin;
import io.sandgate.proxy.replicate.Loop;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Where one webhook's deliveries stand. Its events are delivered in order, one at a time. Confined to one thread.
///
/// It is in one state: following (no place of its own, nothing to do), reading, ready (in the queue for a slot), in flight, or
/// waiting for its back-off.
final class Lane {
    /// What it does now.
    enum State {
        FOLLOWING, READING, READY, IN_FLIGHT, WAITING, CLOSED
    }

    final String self;
    Webhook webhook;
    State state = State.FOLLOWING;
    /// Where it reads on; null while the scan of the log passes by for it too.
    @Nullable
    Cursor cursor;
    /// What was read and is to be delivered, oldest first.
    final Deque<Entry> pending = new ArrayDeque<>();
    /// Of the event that is delivered now.
    int attempts;
    long firstAttemptAt;
    final Trouble trouble = new Trouble();
    boolean isSlow;
    Loop.@Nullable Timer timer;
    long delivered;
    long givenUp;
    long refused;
    long skipped;

    /// @param self the replica whose events are delivered
    Lane(String self, Webhook webhook) {
        this.self = self;
        this.webhook = webhook;
    }

    /// Whether the webhook is told of an event by this replica.
    boolean wants(Entry entry) {
        return entry.origin().replica().equals(self) && entry.event().owner().equals(webhook.team())
                && EventType.ofKind(entry.event().kind()).filter(webhook.events()::contains).isPresent();
    }

    /// Whether it may take a slot of the healthy ones.
    boolean isTroubled() {
        return trouble.failures() > 0 || isSlow;
    }

    /// Behind what is done.
    ///
    /// @param scan where the scan of the log is
    Cursor place(Cursor scan) {
        if (cursor == null) {
            return scan;
        }
        Entry head = pending.peekFirst();
        return head == null ? cursor : cursor.at(head.seq() - 1);
    }

    Optional<Instant> oldest() {
        return Optional.ofNullable(pending.peekFirst()).map(entry -> entry.event().at());
    }

    /// The same for all attempts at an event on its way to this webhook, also after a restart.
    String deliveryId(Origin origin) {
        byte[] hash = WebhookSignature.sha256().digest(
                (webhook.id() + " " + origin.replica() + " " + origin.cursor()).getBytes(StandardCharsets.UTF_8));
        ByteBuffer bits = ByteBuffer.wrap(hash);
        // the version and the variant of a UUID that is made from a hash
        long high = (bits.getLong() & ~0xf000L) | 0x8000L;
        long low = (bits.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    /// Forgets what is waited for, since what it was about is over.
    void cancelTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    DeliveryView view() {
        return new DeliveryView(delivered, givenUp, refused, skipped, trouble.failures(),
                trouble.span().map(Trouble.Span::since).orElse(null), trouble.lastError());
    }
}
