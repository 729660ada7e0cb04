package io.sandgate.api;

import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.api.settings.EventTarget;
import io.sandgate.api.settings.Secret;
import io.sandgate.api.settings.Settings;
import io.sandgate.api.settings.SettingsException;
import io.sandgate.api.settings.ShardsSettings;
import io.sandgate.gateway.shard.ShardListener;
import io.sandgate.gateway.shard.ShardMeters;
import io.sandgate.gateway.shard.Shards;
import io.sandgate.gateway.shard.connect.HttpBotReader;
import io.sandgate.gateway.shard.connect.HttpShardPeers;
import io.sandgate.gateway.shard.connect.WebSocketUpstream;
import io.sandgate.gateway.shard.sink.Backoff;
import io.sandgate.gateway.shard.sink.DiscardingSink;
import io.sandgate.gateway.shard.sink.EventSink;
import io.sandgate.gateway.shard.sink.JsonLinesSink;
import io.sandgate.gateway.shard.sink.StreamSettings;
import io.sandgate.gateway.shard.sink.StreamSink;
import io.sandgate.gateway.shard.sink.WebhookSettings;
import io.sandgate.gateway.shard.sink.WebhookSink;
import io.sandgate.gateway.stream.event.EventAppender;
import io.sandgate.membership.Member;
import io.sandgate.membership.Membership;
import io.sandgate.proxy.replicate.HttpPeers;
import io.sandgate.proxy.replicate.VertxLoop;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// The shards of a replica with their loop, their clients and their sink, wired together.
final class Sharding implements AutoCloseable {
    /// What one request to a webhook has at most, and how long it may take.
    private static final int MAX_EVENTS = 1_000;
    private static final int MAX_BYTES = 1 << 20;
    private static final Duration WEBHOOK_TIMEOUT = Duration.ofSeconds(10);
    private static final Backoff WEBHOOK_BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
    private static final Backoff FILE_BACKOFF = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10));
    private static final Duration PEER_CONNECT = Duration.ofSeconds(1);

    private final Shards shards;
    private final Stopping stopping = new Stopping();

    /// @param transport how peers are reached: TLS or not
    /// @param lastKnown a member, also one that left
    /// @param events where the upstream's events go that are for the event stream
    /// @param listener hears what becomes of the shards
    Sharding(Vertx vertx, Settings settings, HttpClientOptions transport, Membership membership,
            Function<String, Optional<Member>> lastKnown, EventAppender events, ShardListener listener,
            InstantSource clock, RandomGenerator random, MeterRegistry meters) {
        ShardsSettings own = settings.shards();
        String token = own.token().map(Secret::value).orElseThrow();
        VertxLoop loop = new VertxLoop(vertx, ((VertxInternal) vertx).createEventLoopContext());
        String self = settings.replica().id();
        ExecutorService workers = stopping.close("workers", Executors.newVirtualThreadPerTaskExecutor());
        EventSink sink = stopping.close("sink", sink(own, events, clock, random));
        HttpShardPeers peers = stopping.close("peers",
                new HttpShardPeers(vertx, transport, self, HttpPeers.SENDER, lastKnown, PEER_CONNECT));
        HttpBotReader bot = stopping.close("bot reader",
                new HttpBotReader(vertx, own.apiUrl(), token, own.connect().dialTimeout()));
        WebSocketUpstream upstream = stopping.close("upstream",
                new WebSocketUpstream(vertx, loop, own.maxMessage(), own.connect().dialTimeout()));
        this.shards = stopping.close("shards", new Shards(new ModuleSettings(settings).shards(token),
                new Shards.Environment(loop, membership, peers, bot, upstream, sink, random, clock, workers,
                        settings.replica().dataDirectory().resolve("shards"), listener, new ShardMeters(meters))));
    }

    private static EventSink sink(ShardsSettings settings, EventAppender events, InstantSource clock,
            RandomGenerator random) {
        ThreadFactory threads = Thread.ofVirtual().name("shard-sink").factory();
        return switch (settings.sink()) {
            case EventTarget.Nowhere nowhere -> new DiscardingSink();
            case EventTarget.Stream stream -> StreamSink.open(StreamSettings.DEFAULT, events, clock, threads, random);
            case EventTarget.Lines lines -> {
                try {
                    yield JsonLinesSink.open(lines.path(), FILE_BACKOFF, threads, random);
                } catch (IOException e) {
                    throw new SettingsException("sandgate.shards.sink: file:" + lines.path()
                            + " cannot be written to: " + e + " (expected: a file in a folder that is there)");
                }
            }
            case EventTarget.Webhook webhook -> WebhookSink.open(new WebhookSettings(webhook.url(),
                    settings.sinkSecret().map(Secret::value).orElse(""), MAX_EVENTS, MAX_BYTES, WEBHOOK_TIMEOUT,
                    WEBHOOK_BACKOFF), threads, random);
        };
    }

    Shards shards() {
        return shards;
    }

    /// Waits until the other replicas have what this one held, which has said that it drains. What they have not in time they
    /// take from its records.
    void handOver(Duration atMost) {
        shards.drained(atMost).toCompletableFuture().completeOnTimeout(null, atMost.plus(PEER_CONNECT).toMillis(),
                TimeUnit.MILLISECONDS).join();
    }

    @Override
    public void close() {
        stopping.stop();
    }
}
