package io.sandgate.gateway.shard.sink;

import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/// Events that are posted to a URL in batches, as lines of JSON (`application/x-ndjson`), the same as in a [JsonLinesSink].
///
/// One request is in flight at a time, which keeps the order; a batch that is not taken is tried again until it is, with what
/// is still current of it. A batch whose answer was lost is sent again: who receives it remembers session and sequence.
/// With a secret, the header `X-Sandgate-Signature` proves where a batch comes from.
public final class WebhookSink implements EventSink {
    private final BatchingSink sink;

    private WebhookSink(BatchingSink sink) {
        this.sink = sink;
    }

    /// A sink to a URL, whether or not somebody answers there now.
    ///
    /// @param threads for its one thread, which blocks on the answers
    public static WebhookSink open(WebhookSettings settings, ThreadFactory threads, RandomGenerator random) {
        return new WebhookSink(BatchingSink.start(new BatchingSink.Settings("webhook", settings.maxEvents(),
                settings.maxBytes(), settings.backoff()), new Webhook(settings), threads, random));
    }

    @Override
    public void offer(GatewayEvent event, Delivery delivery) {
        sink.offer(event, delivery);
    }

    @Override
    public SinkStatus status() {
        return sink.status();
    }

    @Override
    public void close() {
        sink.close();
    }
}
