package io.sandgate.gateway.shard;

import io.sandgate.proxy.replicate.Loop;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Keeps one poll at the leader, which holds it until there is news; a second one overtakes it when this replica has news.
///
/// Confined to the loop.
final class PollLoop implements News {
    /// News that come together are told together; those for which nobody waits may take longer.
    private static final Duration TOGETHER = Duration.ofMillis(1);
    private static final Duration LATER = Duration.ofMillis(50);
    private static final int MOST = 2;

    private final ShardSettings settings;
    private final Loop loop;
    private final String self;
    private final long life;
    private final ShardHolder holder;
    private final Leadership leadership;
    private final ShardPeers peers;
    private long number;
    private long answered;
    private int inFlight;
    private boolean news;
    private Loop.@Nullable Timer next;
    private Loop.@Nullable Timer late;
    private boolean ended;

    PollLoop(ShardSettings settings, Loop loop, String self, long life, ShardHolder holder, Leadership leadership,
            ShardPeers peers) {
        this.settings = settings;
        this.loop = loop;
        this.self = self;
        this.life = life;
        this.holder = holder;
        this.leadership = leadership;
        this.peers = peers;
    }

    @Override
    public void soon() {
        news = true;
        if (inFlight < MOST) {
            schedule(TOGETHER);
        }
    }

    @Override
    public void later() {
        if (late == null && !ended) {
            late = loop.after(LATER, () -> {
                late = null;
                soon();
            });
        }
    }

    /// Polls if no poll is under way; to be called often.
    void tick() {
        if (inFlight == 0) {
            schedule(Duration.ZERO);
        }
    }

    void end() {
        ended = true;
    }

    private void schedule(Duration delay) {
        if (next == null && !ended) {
            next = loop.after(delay, () -> {
                next = null;
                poll();
            });
        }
    }

    private void poll() {
        Optional<String> leader = leadership.leaderId();
        OptionalLong term = leadership.leaderTerm();
        if (ended || inFlight >= MOST || leader.isEmpty() || term.isEmpty()) {
            return;
        }
        news = false;
        inFlight++;
        Poll poll = holder.poll(self, life, term.getAsLong(), ++number);
        long sentAt = loop.nanoTime();
        send(leader.get(), poll).whenComplete((answer, failure) -> loop.execute(() -> {
            inFlight--;
            if (failure == null) {
                holder.heard(poll);
                boolean latest = poll.number() > answered;
                answered = Math.max(answered, poll.number());
                holder.follow(answer, sentAt, latest);
            }
            if (inFlight == 0) {
                // at once after an answer; after a failure there is time to find out who leads
                schedule(failure == null || news ? TOGETHER : settings.tick());
            } else if (news) {
                schedule(TOGETHER);
            }
        }));
    }

    private CompletionStage<PollAnswer> send(String leader, Poll poll) {
        if (leader.equals(self)) {
            return leadership.leader().orElseThrow().poll(poll);
        }
        JsonObject body = PollJson.write(poll);
        return peers.send(leader, PeerCall.POLL, body, settings.assign().lease()).thenApply(PollJson::readAnswer);
    }
}
