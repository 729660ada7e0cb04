package io.sandgate.gateway.stream.replicate;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.shard.VirtualLoop;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.sandgate.gateway.stream.event.Origin;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.MembershipChange;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Two to five replicas that tell each other what happens, over a network that loses, repeats, delays and reorders.
class ReplicationSimulationTest {
    private static final Instant START = Instant.parse("2026-05-01T12:00:00Z");
    private static final ReplicationSettings SETTINGS = new ReplicationSettings(7, 1_000, 20, Duration.ofSeconds(2),
            Duration.ofMillis(100), Duration.ofSeconds(2), 3);

    /// What may happen besides events.
    private enum Trouble {
        /// A bad network.
        NETWORK,
        /// Replicas are killed and start again with the log that they had.
        RESTARTS,
        /// Logs are lost, in a restart or while they run, queues are full, and little is kept.
        LOSSES
    }

    private static final class Cluster {
        private final Random random;
        private final VirtualLoop loop = new VirtualLoop(-5);
        private final Set<Trouble> troubles;
        private final List<Node> nodes = new ArrayList<>();
        private boolean isCalm;
        private int epochs;
        private int events;

        Cluster(long seed, Set<Trouble> troubles) {
            this.random = new Random(seed);
            this.troubles = troubles;
            int count = 2 + random.nextInt(4);
            for (int i = 0; i < count; i++) {
                nodes.add(new Node("r" + i));
            }
            nodes.forEach(Node::start);
        }

        boolean chance(int percent) {
            return random.nextInt(100) < percent;
        }

        Duration upTo(int millis) {
            return Duration.ofNanos(random.nextLong(millis * 1_000_000L));
        }

        String newEpoch() {
            return "e" + epochs++;
        }

        boolean has(Trouble trouble) {
            return !isCalm && troubles.contains(trouble);
        }

        Duration transit() {
            return upTo(has(Trouble.NETWORK) && chance(5) ? 5_000 : 20);
        }

        CompletionStage<Reply> send(Member peer, Parcel parcel) {
            CompletableFuture<Reply> answer = new CompletableFuture<>();
            Buffer bytes = ParcelJson.write(parcel);
            for (int copies = has(Trouble.NETWORK) && chance(10) ? 2 : 1; copies > 0; copies--) {
                if (!(has(Trouble.NETWORK) && chance(10))) {
                    loop.after(transit(), () -> deliver(peer, bytes, answer));
                }
            }
            return answer;
        }

        private void deliver(Member peer, Buffer bytes, CompletableFuture<Reply> answer) {
            Node node = nodes.stream().filter(each -> each.id.equals(peer.id())).findFirst().orElseThrow();
            if (node.intake == null) {
                answer.completeExceptionally(new IOException("refused"));
                return;
            }
            node.intake.take(ParcelJson.readParcel(bytes)).whenComplete((reply, error) -> {
                if (!(has(Trouble.NETWORK) && chance(10))) {
                    loop.after(transit(), () -> {
                        if (error == null) {
                            answer.complete(ParcelJson.readReply(reply.taken(), ParcelJson.write(reply).toBuffer()));
                        } else {
                            answer.completeExceptionally(error);
                        }
                    });
                }
            });
        }

        void run(int steps) {
            for (int i = 0; i < steps; i++) {
                Node node = nodes.get(random.nextInt(nodes.size()));
                if (troubles.contains(Trouble.RESTARTS) && chance(1)) {
                    node.kill();
                } else if (troubles.contains(Trouble.LOSSES) && chance(1)) {
                    node.loses();
                } else if (node.intake != null) {
                    node.happens();
                }
                loop.run(upTo(chance(3) ? 3_000 : 15));
            }
            isCalm = true;
            loop.run(Duration.ofSeconds(60));
        }

        private final class Node {
            private final String id;
            private FakeLog log;
            private @Nullable Replication replication;
            private @Nullable Intake intake;
            private long incarnation = 1;
            /// What is the case here: subjects with the newest word on them.
            private final Map<String, Integer> things = new TreeMap<>();

            Node(String id) {
                this.id = id;
                this.log = newLog();
            }

            private FakeLog newLog() {
                return new FakeLog(id, newEpoch(), loop, troubles.contains(Trouble.LOSSES) ? 30 : 1_000_000,
                        () -> upTo(10));
            }

            Member member() {
                return new Member(id, incarnation, new Endpoint(id, 1), new Endpoint(id, 2), MemberState.READY);
            }

            void start() {
                log.refuses = () -> has(Trouble.LOSSES) && chance(2);
                Executor workers = work -> loop.after(upTo(5), work);
                intake = new Intake(log, log, log, other -> !other.equals(id), loop, workers,
                        () -> START.plusNanos(loop.nanoTime()), new SimpleMeterRegistry());
                replication = new Replication(id, incarnation, SETTINGS, log,
                        (peer, parcel, timeout) -> send(peer, parcel), loop, workers, random,
                        new SimpleMeterRegistry());
                Replication told = replication;
                for (Node other : nodes) {
                    told.onChange(new MembershipChange.Joined(other.member()));
                    Replication theirs = other.replication;
                    if (theirs != null) {
                        if (chance(30)) {
                            theirs.onChange(new MembershipChange.Left(member()));
                        }
                        loop.after(upTo(500), () -> theirs.onChange(new MembershipChange.Joined(member())));
                    }
                }
            }

            void kill() {
                if (replication == null) {
                    return;
                }
                replication.close();
                replication = null;
                intake = null;
                boolean isLost = troubles.contains(Trouble.LOSSES) && chance(50);
                if (isLost) {
                    log.die();
                    log = newLog();
                } else {
                    log = log.reopened();
                }
                loop.after(upTo(5_000), () -> {
                    incarnation++;
                    if (isLost) {
                        things.keySet().removeIf(thing -> chance(30));
                        publish();
                    }
                    loop.after(Duration.ofMillis(20), this::start);
                });
            }

            void loses() {
                if (replication != null) {
                    log.lose(newEpoch());
                    publish();
                }
            }

            private void publish() {
                things.forEach((thing, word) -> append("sandbox.updated", thing, false, word, Reach.CLUSTER));
            }

            void happens() {
                int what = random.nextInt(10);
                String thing = "sandbox/" + id + "-" + random.nextInt(12);
                if (what < 6) {
                    things.put(thing, ++events);
                    append("sandbox.updated", thing, false, events, Reach.CLUSTER);
                } else if (what < 8) {
                    if (things.remove(thing) != null) {
                        append("sandbox.killed", thing, true, ++events, Reach.CLUSTER);
                    }
                } else if (what < 9) {
                    append("shard.event", "", false, ++events, Reach.CLUSTER);
                } else {
                    append("client.connected", "client/" + id, false, ++events, Reach.REPLICA);
                }
            }

            private void append(String kind, String subject, boolean last, int word, Reach reach) {
                log.append(new Event(kind, subject, last, START.plusNanos(loop.nanoTime()), subject, "team",
                        Map.of("k", "ü\"" + word), "{\"word\":" + word + "}", reach));
            }

            Map<String, String> stateOf(String origin) {
                Map<String, String> words = new TreeMap<>();
                log.state().entries().stream()
                        .filter(entry -> entry.origin().replica().equals(origin)
                                && entry.event().reach() == Reach.CLUSTER)
                        .forEach(entry -> words.put(entry.event().subject(), entry.event().data()));
                return words;
            }
        }

        void agree() {
            for (Node origin : nodes) {
                for (Node node : nodes) {
                    assertThat(node.stateOf(origin.id)).as("%s of %s", node.id, origin.id)
                            .isEqualTo(origin.stateOf(origin.id));
                }
            }
        }

        void nothingTwiceOrBack() {
            for (Node node : nodes) {
                Set<Origin> seen = new HashSet<>();
                Map<String, Long> newest = new HashMap<>();
                for (Entry entry : node.log.history) {
                    Origin origin = entry.origin();
                    assertThat(seen.add(origin)).as("%s has %s once", node.id, origin).isTrue();
                    String key = origin.replica() + " " + origin.cursor().epoch() + " " + entry.event().subject();
                    Long before = newest.put(key, origin.cursor().seq());
                    assertThat(before == null || before < origin.cursor().seq()).as("%s %s", node.id, key).isTrue();
                    assertThat(origin.replica().equals(node.id) || entry.event().reach() == Reach.CLUSTER).isTrue();
                }
            }
        }

        /// Only where nothing is evicted and no log lost: one life each.
        void nothingMissed() {
            for (Node origin : nodes) {
                for (Node node : nodes) {
                    if (origin.equals(node)) {
                        continue;
                    }
                    String epoch = origin.log.extent().epoch();
                    Cursor first = node.log.firstNoted.get(origin.id + "/" + epoch);
                    assertThat(first).isNotNull();
                    assertThat(seqs(node, origin.id, first)).as("%s of %s", node.id, origin.id)
                            .isEqualTo(seqs(origin, origin.id, first));
                }
            }
        }

        private static Set<Long> seqs(Node at, String origin, Cursor after) {
            Set<Long> seqs = new TreeSet<>();
            at.log.history.stream()
                    .filter(entry -> entry.origin().replica().equals(origin)
                            && entry.event().reach() == Reach.CLUSTER
                            && entry.origin().cursor().seq() > after.seq())
                    .forEach(entry -> seqs.add(entry.origin().cursor().seq()));
            return seqs;
        }
    }

    private static void simulate(int seeds, Set<Trouble> troubles) {
        for (long seed = 0; seed < seeds; seed++) {
            Cluster cluster = new Cluster(seed, troubles);
            try {
                cluster.run(400);
                cluster.agree();
                cluster.nothingTwiceOrBack();
                if (!troubles.contains(Trouble.LOSSES)) {
                    cluster.nothingMissed();
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " with " + troubles, e);
            }
        }
    }

    @Test
    void events_overAGoodNetwork_reachAllOnce() {
        simulate(5, Set.of());
    }

    @Test
    void events_overABadNetwork_reachAllOnceAndInOrder() {
        simulate(15, Set.of(Trouble.NETWORK));
    }

    @Test
    void events_withRestarts_reachAllOnceAndInOrder() {
        simulate(20, Set.of(Trouble.NETWORK, Trouble.RESTARTS));
    }

    @Test
    void states_whenLogsAreLostAndLittleIsKept_agreeInTheEnd() {
        simulate(40, Set.of(Trouble.NETWORK, Trouble.RESTARTS, Trouble.LOSSES));
    }

    @Test
    void states_whenLittleIsKeptOverAGoodNetwork_agreeInTheEnd() {
        simulate(15, Set.of(Trouble.LOSSES));
    }
}
