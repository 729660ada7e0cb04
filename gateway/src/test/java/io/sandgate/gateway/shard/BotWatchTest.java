package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.protocol.GatewayBot;
import io.sandgate.gateway.shard.protocol.SessionStartLimit;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BotWatchTest {
    private static final Duration TICK = Duration.ofMillis(100);
    private static final GatewayBot BOT = new GatewayBot(URI.create("wss://gateway.example"), 4,
            new SessionStartLimit(1000, 900, Duration.ofHours(1), 2));

    private final VirtualLoop loop = new VirtualLoop(0);
    private final List<CompletableFuture<GatewayBot>> asked = new ArrayList<>();
    private final List<Long> learned = new ArrayList<>();
    private final BotWatch watch = new BotWatch(loop, this::ask, (answer, at) -> learned.add(at), () -> {});

    private CompletableFuture<GatewayBot> ask() {
        CompletableFuture<GatewayBot> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    }

    private void run(Duration time, boolean wanted) {
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(TICK)) {
            watch.tick(wanted);
            loop.run(TICK);
        }
    }

    @Test
    void upstream_isAskedAtOnce_andOneQuestionAtATime() {
        run(Duration.ofSeconds(5), true);
        assertThat(asked).hasSize(1);

        asked.getFirst().complete(BOT);
        loop.run();

        assertThat(learned).as("when it was asked").containsExactly(0L);
        assertThat(watch.gateway()).contains(BOT.url());
        assertThat(watch.recommended()).isEqualTo(4);
        assertThat(watch.startsLeft()).isEqualTo(900);
    }

    @Test
    void answer_isRefreshedEveryFewMinutes_andSoonerWhenItIsWanted() {
        run(TICK, false);
        asked.getFirst().complete(BOT);
        run(Duration.ofMinutes(4), false);
        assertThat(asked).hasSize(1);
        run(Duration.ofMinutes(2), false);
        assertThat(asked).hasSize(2);

        asked.get(1).complete(BOT);
        run(Duration.ofSeconds(1), true);

        assertThat(asked).hasSizeBetween(3, 4);
    }

    @Test
    void upstream_thatDoesNotAnswer_isAskedLessAndLessOften_alsoWhenAnAnswerIsWanted() {
        for (int i = 0; i < 3_000; i++) {
            watch.tick(true);
            asked.stream().filter(each -> !each.isDone())
                    .forEach(each -> each.completeExceptionally(new IllegalStateException("401")));
            loop.run(TICK);
        }

        assertThat(asked.size()).as("in five minutes").isBetween(8, 16);
        assertThat(watch.error()).isEqualTo("401");
        assertThat(watch.gateway()).isEmpty();
    }

    @Test
    void upstream_thatAnswersAgain_hasNoErrorAnyMore() {
        run(TICK, false);
        asked.getFirst().completeExceptionally(new IllegalStateException("down"));
        run(Duration.ofSeconds(2), false);
        asked.getLast().complete(BOT);
        loop.run();

        assertThat(watch.error()).isEmpty();
    }

    @Test
    void watch_thatEnded_hearsNothing() {
        run(TICK, false);
        watch.end();
        asked.getFirst().complete(BOT);
        run(Duration.ofMinutes(10), true);

        assertThat(learned).isEmpty();
        assertThat(asked).hasSize(1);
    }

    @Test
    void soon_asksWithTheNextTick() {
        run(TICK, false);
        asked.getFirst().complete(BOT);
        run(Duration.ofSeconds(1), false);

        watch.soon();
        run(TICK, false);

        assertThat(asked).hasSize(2);
    }
}
