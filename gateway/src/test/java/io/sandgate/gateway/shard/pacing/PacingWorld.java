package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.VirtualLoop;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.proxy.replicate.Loop.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Members, leaders and the network between them on virtual time. What goes wrong, and when, is drawn from a seed; until the
/// faults end, nothing else is certain than that a poll is answered to the member that sent it.
final class PacingWorld {

    /// How large the world is.
    ///
    /// @param faults how long things go wrong
    /// @param remaining starts left at the beginning
    /// @param total starts in each later period
    record Plan(int shards, int keys, int members, Duration faults, int remaining, int total, Duration period) {}

    private final VirtualLoop loop = new VirtualLoop(0);
    private final Random random;
    private final long faultsUntil;
    private final SimulatedUpstream upstream;
    private final List<SimulatedMember> members = new ArrayList<>();
    private @Nullable SimulatedLeader leader;

    PacingWorld(Plan plan, long seed) {
        random = new Random(seed);
        faultsUntil = plan.faults().toNanos();
        upstream = new SimulatedUpstream(plan.keys(), plan.total(), plan.remaining(), plan.period(), now());
        for (int member = 0; member < plan.members(); member++) {
            int index = member;
            members.add(new SimulatedMember(this, "m" + member,
                    IntStream.range(0, plan.shards()).filter(shard -> shard % (plan.members() * 3) / 3 == index)
                            .mapToObj(shard -> new ShardId(shard, plan.shards())).toList()));
        }
        lead();
        members.forEach(member -> after(millis(0, 20), member::poll));
        if (isFaulty()) {
            after(millis(0, 2000), this::fault);
        }
    }

    long now() {
        return loop.nanoTime();
    }

    Random random() {
        return random;
    }

    SimulatedUpstream upstream() {
        return upstream;
    }

    SimulatedLeader leader() {
        if (leader == null) {
            throw new IllegalStateException("nobody leads");
        }
        return leader;
    }

    Timer after(Duration delay, Runnable action) {
        return loop.after(delay, action);
    }

    void run(Duration time) {
        loop.run(time);
    }

    boolean isReady() {
        return members.stream().allMatch(SimulatedMember::isReady);
    }

    /// A new leader, which knows nothing.
    void lead() {
        leader = new SimulatedLeader(this, random.nextLong());
    }

    /// The leader dies, and the next one comes after a time.
    void changeLeader(Duration election) {
        if (leader != null) {
            leader.kill();
            leader = null;
            after(election, this::lead);
        }
    }

    private boolean isFaulty() {
        return now() < faultsUntil;
    }

    /// A member's request; answered at most once.
    void request(String member, long incarnation, List<Waiting> waiting, List<PermitReport> reports,
            Consumer<List<Permit>> answer) {
        if (isLost()) {
            return;
        }
        after(networkDelay(), () -> {
            if (leader != null) {
                leader.poll(member, incarnation, waiting, reports, permits -> {
                    if (!isLost()) {
                        after(networkDelay(), () -> answer.accept(permits));
                    }
                });
            }
        });
    }

    boolean isLost() {
        return isFaulty() && random.nextInt(25) == 0;
    }

    boolean isRejected() {
        return isFaulty() && random.nextInt(20) == 0;
    }

    /// Now and then longer than a request may take, so that old polls come after newer ones.
    private Duration networkDelay() {
        if (!isFaulty()) {
            return millis(0, 1);
        }
        return random.nextInt(40) == 0 ? millis(500, 4000) : millis(0, 40);
    }

    /// From a member to the connection that the permit is for.
    Duration hopDelay() {
        return isFaulty() && random.nextBoolean() ? millis(0, 700) : Duration.ZERO;
    }

    /// To or from the upstream; all differences together are less than the margin.
    Duration upstreamLatency() {
        return isFaulty() ? millis(5, 245) : millis(10, 30);
    }

    private Duration millis(int from, int to) {
        return Duration.ofNanos(random.nextLong(from * 1_000_000L, to * 1_000_000L));
    }

    private void fault() {
        if (!isFaulty()) {
            return;
        }
        SimulatedMember member = members.get(random.nextInt(members.size()));
        switch (random.nextInt(16)) {
            case 0 -> changeLeader(millis(0, 3000));
            case 1 -> member.restart(millis(100, 3000));
            case 2, 3 -> member.pause(millis(100, 5000));
            case 4 -> {
                if (leader != null) {
                    leader.pause(millis(100, 5000));
                }
            }
            default -> member.drop(random.nextInt(1000), millis(10, 1000));
        }
        after(millis(0, 1500), this::fault);
    }
}
