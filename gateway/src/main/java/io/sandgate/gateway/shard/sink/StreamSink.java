package io.sandgate.gateway.shard.sink;

import io.sandgate.gateway.stream.event.EventAppender;
import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/// Events of the shards in the event stream, as kind `shard.event` with the data
/// `{"shard":[0,16],"session":"…","seq":5,"type":"…","d":{…}}`.
///
/// An event is done when the log of this replica has it. One that is too large for the stream comes as `"d":null` with
/// `"omitted"`, the number of its bytes. What the log loses is appended again until it has it; so an event may be in the
/// stream more than once: who must not act twice remembers session and sequence.
public final class StreamSink implements EventSink {
    private final BatchingSink sink;

    private StreamSink(BatchingSink sink) {
        this.sink = sink;
    }

    /// A sink to a log.
    ///
    /// @param threads for its one thread, which waits for the log
    public static StreamSink open(StreamSettings settings, EventAppender log, InstantSource clock,
            ThreadFactory threads, RandomGenerator random) {
        BatchingSink.Settings batches = new BatchingSink.Settings("events", settings.maxEvents(), settings.maxBytes(),
                settings.backoff(), new Lines.Form("d", settings.maxData()));
        return new StreamSink(BatchingSink.start(batches, new StreamTarget(log, clock, settings.timeout()), threads,
                random));
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
