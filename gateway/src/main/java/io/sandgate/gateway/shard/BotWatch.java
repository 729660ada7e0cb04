package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.protocol.GatewayBot;
import io.sandgate.proxy.replicate.Loop;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the upstream about the bot: at once, every few minutes, when somebody wants to know, and again when it does not answer.
///
/// Confined to the loop.
final class BotWatch {
    private static final Logger log = LoggerFactory.getLogger(BotWatch.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LAST_RETRY = Duration.ofSeconds(60);
    /// How old an answer may be that nobody asks for.
    private static final Duration REFRESH = Duration.ofMinutes(5);

    private final Loop loop;
    private final BotReader bot;
    private final ObjLongConsumer<GatewayBot> learned;
    private final Runnable failed;
    private @Nullable GatewayBot last;
    private String error = "";
    private boolean reading;
    private boolean ended;
    private Duration retry = FIRST_RETRY;
    private long readAt;
    private long readAgainAt;

    /// @param learned hears each answer, with when it was asked for
    /// @param failed runs when there was none
    BotWatch(Loop loop, BotReader bot, ObjLongConsumer<GatewayBot> learned, Runnable failed) {
        this.loop = loop;
        this.bot = bot;
        this.learned = learned;
        this.failed = failed;
        this.readAgainAt = loop.nanoTime();
    }

    /// Asks if it is time; to be called often.
    ///
    /// @param wanted whether somebody waits for an answer
    void tick(boolean wanted) {
        long now = loop.nanoTime();
        boolean due = now - readAgainAt >= 0 || (wanted && error.isEmpty() && now - readAt >= FIRST_RETRY.toNanos());
        if (!reading && !ended && due) {
            reading = true;
            readAt = now;
            bot.read().whenComplete((answer, failure) -> loop.execute(() -> {
                reading = false;
                if (!ended) {
                    read(answer, failure, now);
                }
            }));
        }
    }

    private void read(@Nullable GatewayBot answer, @Nullable Throwable failure, long requestedAt) {
        if (answer != null) {
            if (last == null) {
                log.info("shards.upstream url={} recommended={} starts-left={} of={} at-once={}", answer.url(),
                        answer.shards(), answer.limit().remaining(), answer.limit().total(),
                        answer.limit().maxConcurrency());
            }
            last = answer;
            error = "";
            retry = FIRST_RETRY;
            readAgainAt = loop.nanoTime() + REFRESH.toNanos();
            learned.accept(answer, requestedAt);
        } else {
            error = words(failure);
            log.warn("shards.upstream_unknown retry={} error=\"{}\"", retry, error);
            readAgainAt = loop.nanoTime() + retry.toNanos();
            Duration doubled = retry.multipliedBy(2);
            retry = doubled.compareTo(LAST_RETRY) < 0 ? doubled : LAST_RETRY;
            failed.run();
        }
    }

    private static String words(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        return cause == null ? "no answer" : String.valueOf(cause.getMessage());
    }

    /// Asks as soon as it can.
    void soon() {
        readAgainAt = loop.nanoTime();
    }

    boolean isReading() {
        return reading;
    }

    /// Where the upstream is reached, once it is known.
    Optional<URI> gateway() {
        return Optional.ofNullable(last).map(GatewayBot::url);
    }

    /// How many shards it recommends; 0 while that is not known.
    int recommended() {
        return last == null ? 0 : last.shards();
    }

    /// How many sessions could be started when it was last asked.
    int startsLeft() {
        return last == null ? 0 : last.limit().remaining();
    }

    /// Why it did not answer when it was last asked; empty when it did.
    String error() {
        return error;
    }

    void end() {
        ended = true;
    }
}
