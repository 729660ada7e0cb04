package io.sandgate.gateway.shard.assign;

import io.sandgate.gateway.shard.VirtualLoop;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.membership.Ownership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Replicas that elect a leader, which gives shards to all of them, while messages are lost and late, replicas pause, restart
/// and leave, the network splits for ballots and polls apart, and the clocks run at speeds that differ by up to 2 %.
///
/// After each step it is checked that nobody acts for a shard beside another one, not even a former life that nobody has ended,
/// and that epochs grow from owner to owner.
final class AssignWorld {
    static final Duration LEASE = Duration.ofSeconds(3);
    private static final Duration FAULTS = Duration.ofSeconds(60);
    private static final Duration CALM = Duration.ofSeconds(70);

    /// Who acted for a shard last.
    private record Acted(ModelMember who, long epoch) {}

    final SplittableRandom random;
    final VirtualLoop loop = new VirtualLoop(1_000_000_000_000L);
    final AssignSettings settings;
    final List<String> ids = new ArrayList<>();
    final List<AssignNode> nodes = new ArrayList<>();
    final List<Integer> counts;
    /// Whether the membership notices who cannot be reached.
    final boolean noticesSilence;
    private final List<ModelMember> formerLives = new ArrayList<>();
    private final Map<ShardId, Acted> acted = new HashMap<>();
    private Set<String> ballotSide = Set.of();
    private Set<String> pollSide = Set.of();
    boolean faulty = true;
    private int givenBack;
    private int takeovers;
    private int halves;
    private @Nullable String problem;

    AssignWorld(int seed) {
        random = new SplittableRandom(seed);
        settings = new AssignSettings(LEASE, Duration.ofMillis(500), 1 + random.nextInt(3), Duration.ofSeconds(5));
        int size = 1 + random.nextInt(5);
        for (int i = 0; i < size; i++) {
            ids.add("r" + i);
        }
        counts = random.nextInt(4) == 0 ? List.of(4, 8) : List.of(4 + random.nextInt(20));
        noticesSilence = random.nextBoolean();
        ids.forEach(id -> nodes.add(new AssignNode(this, id)));
    }

    /// Runs with faults, and then without until all should be in its place.
    void run() {
        begin();
        faults();
        loop.run(FAULTS);
        calm();
        nodes.forEach(node -> node.draining &= node != nodes.getFirst() && node.id.equals("r1"));
        loop.run(CALM);
        checkEnd();
    }

    /// Runs without faults while one leader after the other resigns, and one more joins those that may hold shards.
    void runInPeace() {
        calm();
        begin();
        loop.run(Duration.ofSeconds(40));
        checkEnd();
        Map<ShardId, Acted> before = Map.copyOf(acted);
        int lapsesBefore = lapses();
        for (int i = 0; i < 8; i++) {
            nodes.stream().filter(AssignNode::leads).findFirst().ifPresent(AssignNode::resign);
            loop.run(Duration.ofSeconds(7));
            if (nodes.stream().noneMatch(AssignNode::leads)) {
                fail("nobody leads");
            }
        }
        if (!acted.equals(before) || lapses() != lapsesBefore) {
            fail("leases lapsed or moved: " + (lapses() - lapsesBefore) + " lapses");
        }
    }

    private void begin() {
        nodes.forEach(node -> loop.after(Duration.ofMillis(random.nextInt(250)), node::begin));
    }

    private void calm() {
        faulty = false;
        ballotSide = Set.of();
        pollSide = Set.of();
    }

    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    int reigns() {
        return nodes.stream().mapToInt(node -> node.reigns).sum();
    }

    /// How many shards were given back for another one.
    int moves() {
        return givenBack + nodes.stream().mapToInt(node -> node.member.givenBack()).sum();
    }

    /// How many shards went to another one without having been given back.
    int takeovers() {
        return takeovers;
    }

    /// How many answers came from a leader with half of the votes.
    int halves() {
        return halves;
    }

    private int lapses() {
        return nodes.stream().mapToInt(node -> node.member.lapses()).sum();
    }

    void formerLife(ModelMember member) {
        formerLives.add(member);
        givenBack += member.givenBack();
    }

    void half() {
        halves++;
    }

    private void faults() {
        if (!faulty) {
            return;
        }
        AssignNode node = nodes.get(random.nextInt(nodes.size()));
        switch (random.nextInt(9)) {
            case 0 -> node.pausedUntil = loop.nanoTime() + random.nextLong(8_000_000_000L);
            case 1 -> node.restart();
            case 2 -> node.resign();
            case 3 -> node.draining = !node.draining;
            case 4 -> ballotSide = side();
            case 5 -> pollSide = side();
            case 6 -> {
                ballotSide = side();
                pollSide = ballotSide;
            }
            default -> {
                ballotSide = Set.of();
                pollSide = Set.of();
            }
        }
        loop.after(Duration.ofMillis(random.nextInt(4_000)), this::faults);
    }

    private Set<String> side() {
        Set<String> side = new HashSet<>();
        ids.stream().filter(id -> random.nextBoolean()).forEach(side::add);
        return side;
    }

    void sendBallot(AssignNode from, AssignNode to, Runnable arrival) {
        send(to, arrival, ballotSide.contains(from.id) != ballotSide.contains(to.id));
    }

    void sendPoll(AssignNode from, AssignNode to, Runnable arrival) {
        if (from == to) {
            to.act(arrival);
        } else {
            send(to, arrival, pollSide.contains(from.id) != pollSide.contains(to.id));
        }
    }

    private void send(AssignNode to, Runnable arrival, boolean cut) {
        boolean lost = faulty && random.nextInt(12) == 0;
        if (!cut && !lost) {
            long delay = faulty && random.nextInt(6) == 0
                    ? random.nextLong(5_000_000_000L)
                    : random.nextLong(5_000_000L);
            loop.after(Duration.ofNanos(delay), () -> to.act(arrival));
        }
    }

    /// Who may hold shards, as a replica sees it.
    List<String> eligible(AssignNode seenBy) {
        return nodes.stream()
                .filter(node -> !node.draining && (!noticesSilence || (node.pausedUntil - loop.nanoTime() <= 0
                        && pollSide.contains(node.id) == pollSide.contains(seenBy.id))))
                .map(node -> node.id).toList();
    }

    void check() {
        for (AssignNode node : nodes) {
            check(node.member);
        }
        formerLives.removeIf(member -> member.held().keySet().stream().noneMatch(member::actsFor));
        formerLives.forEach(this::check);
    }

    private void check(ModelMember member) {
        member.held().forEach((shard, mine) -> {
            if (!mine.isFresh(member.now())) {
                return;
            }
            Acted last = acted.get(shard);
            if (last != null && last.who() == member && last.epoch() == mine.epoch) {
                return;
            }
            if (last != null && last.who() != member) {
                if (last.who().actsFor(shard)) {
                    fail(member.name() + " acts for " + shard + " beside " + last.who().name());
                }
                takeovers += last.who().held().containsKey(shard) ? 1 : 0;
            }
            if (last != null && (last.epoch() > mine.epoch || (last.epoch() == mine.epoch && last.who() != member))) {
                fail(shard + " has epoch " + mine.epoch + " after " + last.epoch());
            }
            acted.put(shard, new Acted(member, mine.epoch));
        });
    }

    private void checkEnd() {
        List<String> wanted = nodes.stream().filter(node -> !node.draining).map(node -> node.id).toList();
        for (int count : counts) {
            List<String> owners = Ownership.owners(count, wanted, count);
            for (int number = 0; number < count; number++) {
                ShardId shard = new ShardId(number, count);
                for (AssignNode node : nodes) {
                    ModelMember.Held mine = node.member.held().get(shard);
                    boolean has = mine != null && mine.live && mine.isFresh(node.member.now());
                    if (has != node.id.equals(owners.get(number)) || (mine != null && !has)) {
                        fail(node.id + (mine != null ? " holds " : " does not hold ") + shard + " in the end");
                    }
                }
            }
        }
    }

    void fail(String what) {
        if (problem == null) {
            problem = what + " at " + loop.nanoTime();
        }
    }
}
