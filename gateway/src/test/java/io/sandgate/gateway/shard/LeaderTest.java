package io.sandgate.gateway.shard;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.shard.assign.AssignSettings;
import io.sandgate.gateway.shard.lead.Reign;
import io.sandgate.gateway.shard.pacing.IdentifyPacer;
import io.sandgate.gateway.shard.pacing.PacingListener;
import io.sandgate.gateway.shard.pacing.PacingSettings;
import io.sandgate.gateway.shard.protocol.Compression;
import io.sandgate.gateway.shard.session.SessionSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LeaderTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final long TERM = 1_000_000;
    private static final ShardSettings SETTINGS = new ShardSettings(OptionalInt.of(2),
            new SessionSettings("token", 0, 50, Compression.NONE, 1 << 20, Set.of(), SECOND, SECOND, SECOND, SECOND,
                    SECOND, SECOND, SECOND, SECOND, SECOND, SECOND, 115, Duration.ofMinutes(1)),
            PacingSettings.DEFAULTS,
            new AssignSettings(Duration.ofSeconds(3), Duration.ofMillis(500), 8, Duration.ofSeconds(10)), 1, true,
            Duration.ofSeconds(10), 32, Duration.ofMillis(250), 2, Optional.empty());

    private final VirtualLoop loop = new VirtualLoop(0);
    private final Leader leader = new Leader(SETTINGS, loop, CompletableFuture::new,
            new IdentifyPacer(SETTINGS.pacing(), PacingListener.NONE, 1, 0),
            () -> Optional.of(new Reign(TERM, 0, true)), () -> List.of("a"), Plan.NONE.only(2),
            new ShardMeters(new SimpleMeterRegistry()));

    private CompletableFuture<PollAnswer> poll(long life, long number) {
        CompletableFuture<PollAnswer> answer = leader.poll(new Poll("a", life, TERM, number, List.of(), List.of(),
                List.of(), List.of(), "", false, Plan.NONE)).toCompletableFuture();
        loop.run(Duration.ofMillis(600));
        return answer;
    }

    @Test
    void poll_ofALaterLife_isTakenThoughItsFirstOnesNeverCame() {
        assertThat(poll(1, 5_000)).isCompletedWithValueMatching(answer -> answer.term() == TERM);

        assertThat(poll(2, 3)).isCompletedWithValueMatching(answer -> answer.term() == TERM);
        assertThat(poll(1, 5_001)).isCompletedExceptionally();
    }

    @Test
    void poll_thatComesAfterALaterOne_isNotTaken() {
        assertThat(poll(1, 7)).isCompleted();

        assertThat(poll(1, 6)).isCompletedExceptionally();
        assertThat(poll(1, 8)).isCompletedWithValueMatching(answer -> answer.term() == TERM);
    }
}
