package io.sandgate.gateway.stream.webhook;

import io.sandgate.proxy.replicate.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/// Receivers that answer as the test says; else with success after a millisecond.
final class FakeReceivers implements WebhookSender {
    static final Outcome OK = new Outcome.Delivered();
    static final Outcome DOWN = new Outcome.Failed("answered 503", Duration.ZERO);
    static final Outcome BAD = new Outcome.Refused("answered 400");

    /// What a receiver does with a request.
    ///
    /// @param after how long it takes; negative for an answer that never comes
    record Answer(Outcome outcome, Duration after) {
        static Answer soon(Outcome outcome) {
            return new Answer(outcome, Duration.ofMillis(1));
        }
    }

    /// A request that came.
    record Got(String webhook, String delivery, int number, String body, long at) {}

    final List<Got> got = new ArrayList<>();
    final Map<String, Function<Attempt, Answer>> answers = new HashMap<>();
    int inFlight;
    int mostInFlight;
    private final Loop loop;

    FakeReceivers(Loop loop) {
        this.loop = loop;
    }

    @Override
    public CompletionStage<Outcome> send(Attempt attempt) {
        got.add(new Got(attempt.webhook().id(), attempt.deliveryId(), attempt.number(), attempt.body().toString(),
                loop.nanoTime()));
        mostInFlight = Math.max(mostInFlight, ++inFlight);
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Answer answer = answers.getOrDefault(attempt.webhook().id(), each -> Answer.soon(OK)).apply(attempt);
        if (!answer.after().isNegative()) {
            loop.after(answer.after(), () -> {
                inFlight--;
                outcome.complete(answer.outcome());
            });
        }
        return outcome;
    }

    List<String> bodies(String webhook) {
        return got.stream().filter(each -> each.webhook().equals(webhook)).map(Got::body).toList();
    }
}
