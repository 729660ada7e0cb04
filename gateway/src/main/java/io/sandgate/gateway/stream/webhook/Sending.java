package io.sandgate.gateway.stream.webhook;

import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.proxy.replicate.Loop;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes single requests and says what follows from each: the next event, the same again after a while, or giving up. Confined
/// to its loop.
final class Sending {
    private static final Logger log = LoggerFactory.getLogger(Sending.class);
    /// What answers slower than this may not take the slots of those that answer at once.
    private static final Duration SLOW = Duration.ofSeconds(1);
    /// How much later than its time limit a request is given up that its sender forgot.
    private static final Duration GRACE = Duration.ofSeconds(2);
    /// How many retries can be saved up.
    private static final double SAVED = 20;

    /// What is done with an event after a request.
    enum Next {
        /// It is over, the next one follows.
        NEXT,
        /// It is over, the next one follows after a wait.
        NEXT_LATER,
        /// It is tried again after a wait.
        RETRY
    }

    /// What follows from an answer.
    ///
    /// @param pause before it
    /// @param disable why the webhook is to be disabled; empty when it is not
    record Verdict(Next next, Duration pause, Optional<String> disable) {}

    private final Loop loop;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final DeliverySettings settings;
    private final WebhookSender sender;
    private final Function<Entry, Buffer> payload;
    private final WebhookMeters meters;
    private final RetryBudget budget;

    /// @param payload the body for an event
    Sending(Loop loop, InstantSource clock, RandomGenerator random, DeliverySettings settings, WebhookSender sender,
            Function<Entry, Buffer> payload, WebhookMeters meters) {
        this.loop = loop;
        this.clock = clock;
        this.random = random;
        this.settings = settings;
        this.sender = sender;
        this.payload = payload;
        this.meters = meters;
        this.budget = new RetryBudget(settings.retryShare(), settings.retryFloor(), SAVED, loop.nanoTime());
    }

    /// Whether a request for the lane's event may be made now: a first one always, a further one if the budget has it.
    boolean mayBegin(Lane lane) {
        if (lane.attempts == 0) {
            budget.request();
            return true;
        }
        boolean may = budget.take(loop.nanoTime());
        meters.retry(may ? "sent" : "postponed");
        return may;
    }

    /// What follows when the budget has no retry left: another look at it, until the event is given up.
    Verdict postpone(Lane lane, Entry entry) {
        long nanos = (long) (1e9 / settings.retryFloor());
        Duration wait = Duration.ofNanos(nanos + random.nextLong(nanos));
        return isPatient(lane, wait)
                ? new Verdict(Next.RETRY, wait, Optional.empty())
                : giveUp(lane, entry, settings.backoff(lane.trouble.failures(), random));
    }

    /// Makes a request.
    ///
    /// @param finished called once when it is over, also when the lane is closed
    /// @param then told what follows, if the lane still waits for this request
    void begin(Lane lane, Entry entry, Runnable finished, Consumer<Verdict> then) {
        long began = loop.nanoTime();
        if (lane.attempts == 0) {
            lane.firstAttemptAt = began;
            lane.trouble.forgetBefore(clock.instant().minus(settings.quiet()));
        }
        lane.attempts++;
        AtomicBoolean over = new AtomicBoolean();
        Consumer<Outcome> end = outcome -> {
            if (over.compareAndSet(false, true)) {
                if (lane.state == Lane.State.IN_FLIGHT) {
                    lane.isSlow = loop.nanoTime() - began >= SLOW.toNanos();
                    then.accept(judge(lane, entry, outcome));
                }
                finished.run();
            }
        };
        Loop.Timer watch = loop.after(settings.timeout().plus(GRACE),
                () -> end.accept(new Outcome.Failed("no answer in time", Duration.ZERO)));
        send(lane, entry).whenComplete((outcome, failure) -> loop.execute(() -> {
            watch.cancel();
            end.accept(failure == null
                    ? outcome
                    : new Outcome.Failed(failure.getClass().getSimpleName(), Duration.ZERO));
        }));
    }

    private CompletionStage<Outcome> send(Lane lane, Entry entry) {
        try {
            return sender.send(new Attempt(lane.webhook, lane.deliveryId(entry.origin()), lane.attempts,
                    payload.apply(entry), settings.timeout()));
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private Verdict judge(Lane lane, Entry entry, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Delivered _ -> {
                lane.delivered++;
                lane.trouble.forget();
                meters.delivery("delivered", 1);
                yield new Verdict(Next.NEXT, Duration.ZERO, Optional.empty());
            }
            case Outcome.Refused refused -> {
                lane.trouble.failed(refused.reason(), clock.instant());
                lane.refused++;
                meters.delivery("refused", 1);
                note("refused", lane, entry);
                yield new Verdict(Next.NEXT, Duration.ZERO, disable(lane));
            }
            case Outcome.Failed failed -> {
                lane.trouble.failed(failed.reason(), clock.instant());
                Duration wait = pause(lane, failed.notBefore());
                if (isWorthAnother(lane, wait)) {
                    yield new Verdict(Next.RETRY, wait, disable(lane));
                }
                yield giveUp(lane, entry, wait);
            }
        };
    }

    private Duration pause(Lane lane, Duration notBefore) {
        Duration wait = settings.backoff(lane.trouble.failures(), random);
        return wait.compareTo(notBefore) < 0 ? notBefore : wait;
    }

    private Verdict giveUp(Lane lane, Entry entry, Duration wait) {
        lane.trouble.gaveUp(clock.instant());
        lane.givenUp++;
        meters.delivery("given_up", 1);
        note("given_up", lane, entry);
        return new Verdict(Next.NEXT_LATER, wait, disable(lane));
    }

    private boolean isWorthAnother(Lane lane, Duration wait) {
        return !lane.trouble.isDown() && lane.attempts < settings.attempts() && isPatient(lane, wait);
    }

    private boolean isPatient(Lane lane, Duration wait) {
        long passed = loop.nanoTime() - lane.firstAttemptAt;
        return passed + wait.toNanos() <= settings.patience().toNanos();
    }

    private Optional<String> disable(Lane lane) {
        if (lane.trouble.failures() < settings.attempts()) {
            return Optional.empty();
        }
        Instant oldest = clock.instant().minus(settings.disableAfter());
        return lane.trouble.span().map(Trouble.Span::since).filter(since -> !since.isAfter(oldest))
                .map(since -> "nothing could be delivered since " + since + ": " + lane.trouble.lastError());
    }

    private static void note(String what, Lane lane, Entry entry) {
        log.warn("webhooks.{} webhook={} team={} to={} delivery={} attempts={} reason=\"{}\"", what, lane.webhook.id(),
                lane.webhook.team(), lane.webhook.place(), lane.deliveryId(entry.origin()), lane.attempts,
                lane.trouble.lastError());
    }
}
