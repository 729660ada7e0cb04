package io.sandgate.e2e.harness;

import io.sandgate.e2e.upstream.FakeUpstream;
import io.sandgate.e2e.upstream.Observed;
import io.sandgate.e2e.upstream.Shard;
import io.sandgate.e2e.upstream.UpstreamRules;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// A strict upstream, the replicas that hold its shards together, and where they hand the events on: files, or a webhook that
/// notes when each came.
///
/// The settings that have to do with IDENTIFY are scaled as the upstream's window is: a twentieth of it is the margin, and a
/// fifth of it, but at least 200 ms, the life of a permit. Confined to one thread.
public final class ShardWorld implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration LEAST_PERMIT_LIFE = Duration.ofMillis(200);

    private final FakeUpstream upstream;
    private final ClusterProcesses cluster;
    private final @Nullable EventReceiver receiver;
    private final @Nullable NetworkNamespaces network;
    private final Set<ReplicaProcess> stopped = new HashSet<>();

    private ShardWorld(FakeUpstream upstream, ClusterProcesses cluster, @Nullable EventReceiver receiver,
            @Nullable NetworkNamespaces network) {
        this.upstream = upstream;
        this.cluster = cluster.set(settings(upstream));
        this.receiver = receiver;
        this.network = network;
    }

    /// Replicas that are not started yet, whose sinks are files.
    public static ShardWorld withFiles(int replicas, UpstreamRules rules) {
        FakeUpstream upstream = FakeUpstream.start(rules);
        return new ShardWorld(upstream, ClusterProcesses.of(replicas).each(ShardEvents::toFile), null, null);
    }

    /// Replicas that are not started yet, whose sink is a webhook.
    public static ShardWorld withWebhook(int replicas, UpstreamRules rules) {
        FakeUpstream upstream = FakeUpstream.start(rules);
        EventReceiver receiver = new EventReceiver();
        return new ShardWorld(upstream, ClusterProcesses.of(replicas).each(receiver::toHere), receiver, null);
    }

    /// The same in network namespaces, from each of which the upstream and the webhook are reached whatever is cut.
    public static ShardWorld inNamespaces(int replicas, UpstreamRules rules) {
        FakeUpstream upstream = FakeUpstream.startEverywhere(rules);
        EventReceiver receiver = new EventReceiver();
        NetworkNamespaces network = NetworkNamespaces.of(replicas).tryingAgainSoon()
                .sharing(List.of(upstream.ports().getFirst(), upstream.ports().getLast(), receiver.port()));
        return new ShardWorld(upstream, ClusterProcesses.of(replicas).in(network).each(receiver::toHere), receiver,
                network);
    }

    private static Map<String, String> settings(FakeUpstream upstream) {
        UpstreamRules rules = upstream.rules();
        Duration fifth = rules.window().dividedBy(5);
        Duration permitLife = fifth.compareTo(LEAST_PERMIT_LIFE) < 0 ? LEAST_PERMIT_LIFE : fifth;
        return Map.of("shards.token", rules.token(), "shards.api-url", upstream.url(), "shards.identify-window",
                rules.window().toMillis() + "ms", "shards.identify-margin",
                Math.ceilDiv(rules.window().toMillis(), 20) + "ms", "shards.permit-life",
                permitLife.toMillis() + "ms");
    }

    /// Settings of all replicas, without the leading `sandgate.`.
    public ShardWorld set(Map<String, String> more) {
        cluster.set(more);
        return this;
    }

    /// Starts the replicas.
    ///
    /// @param name how their logs begin
    public ShardWorld start(String name) {
        try {
            cluster.named(name).start();
            return this;
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    public FakeUpstream upstream() {
        return upstream;
    }

    public ClusterProcesses cluster() {
        return cluster;
    }

    public EventReceiver receiver() {
        return Optional.ofNullable(receiver).orElseThrow(() -> new IllegalStateException("the sinks are files"));
    }

    public NetworkNamespaces network() {
        return Optional.ofNullable(network).orElseThrow(() -> new IllegalStateException("nothing can be cut"));
    }

    // --- what the replicas say ----------------------------------------------------------------------------------------------

    /// What `GET /shards` of a replica that runs says.
    public JsonObject shards() {
        return shards(running().getFirst());
    }

    /// What `GET /shards` of one replica says.
    public JsonObject shards(ReplicaProcess asked) {
        Answer answer = asked.admin("GET", "/shards", "");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    /// What they say of one shard.
    public JsonObject shard(int number) {
        return shards().getJsonArray("shards").getJsonObject(number);
    }

    /// What an operator can do with all shards: `restart`, `disconnect` or `connect`.
    public void command(String name) {
        Answer answer = running().getFirst().admin("POST", "/shards/" + name, "");
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
    }

    /// Replicas that neither ended nor stand still.
    public List<ReplicaProcess> running() {
        return cluster.replicas().stream().filter(ReplicaProcess::isAlive)
                .filter(replica -> !stopped.contains(replica)).toList();
    }

    /// The replica that leads, as soon as there is one.
    public ReplicaProcess leader() {
        await().atMost(SOON).pollInterval(LOOK).until(() -> !shards().getString("leader").isEmpty());
        String id = shards().getString("leader");
        return cluster.replicas().stream().filter(replica -> replica.id().equals(id)).findFirst().orElseThrow();
    }

    /// One that runs and does not lead.
    public ReplicaProcess follower() {
        ReplicaProcess leader = leader();
        return running().stream().filter(replica -> replica != leader).findFirst().orElseThrow();
    }

    /// Waits until all shards are live.
    public void awaitAllLive() {
        awaitAllLive(running().getFirst());
    }

    /// Waits until one replica sees all shards live.
    public void awaitAllLive(ReplicaProcess asked) {
        await().atMost(SOON).pollDelay(Duration.ZERO).pollInterval(LOOK).untilAsserted(() -> {
            JsonObject shards = shards(asked);
            assertThat(shards.getInteger("total")).isPositive();
            assertThat(shards.getInteger("unstable")).as(shards.encodePrettily()).isZero();
        });
    }

    // --- faults ---------------------------------------------------------------------------------------------------------------

    /// Stops a replica's threads where they are.
    public void stop(ReplicaProcess replica) {
        stopped.add(replica);
        replica.sigstop();
    }

    /// Lets them go on.
    public void resume(ReplicaProcess replica) {
        replica.sigcont();
        stopped.remove(replica);
    }

    // --- what must hold -------------------------------------------------------------------------------------------------------

    /// What was handed on so far.
    public ShardEvents events() {
        return receiver == null ? ShardEvents.read(cluster) : ShardEvents.of(receiver.taken());
    }

    /// The IDENTIFYs so far.
    public int identifies() {
        return upstream.seen().identifies().size();
    }

    /// Asserts that no rule of the upstream's was broken, that each shard is connected once, and that everything that it gave to
    /// the sessions that live was handed on, as soon as it was. To be called when nothing is published any more.
    public void assertNothingIsWrong() {
        int shards = shards().getInteger("total");
        await().atMost(SOON).pollInterval(LOOK).untilAsserted(() -> {
            Map<String, Long> last = events().last();
            Map<String, Long> behind = new TreeMap<>();
            upstream.liveSessions().stream().filter(session -> session.connection().isPresent())
                    .filter(session -> last.getOrDefault(session.id(), 0L) != session.lastSequence())
                    .forEach(session -> behind.put(session.shard() + " " + session.id(),
                            session.lastSequence() - last.getOrDefault(session.id(), 0L)));
            assertThat(behind).as("sessions of which not all was handed on").isEmpty();
            Map<Shard, Integer> connections = upstream.connectionsByShard();
            assertThat(connections).as("connections by shard").hasSize(shards);
            assertThat(connections.values()).as("connections by shard").containsOnly(1);
        });
        assertNothingHandedOnIsWrong();
        Observed seen = upstream.seen();
        assertThat(seen.violations()).isEmpty();
        assertThat(seen.tokenResets()).isZero();
    }

    /// Asserts that no event is missing in what was handed on so far, and none is in another one's place.
    public void assertNothingHandedOnIsWrong() {
        assertThat(events().problems(upstream)).isEmpty();
    }

    @Override
    public void close() {
        stopped.forEach(ReplicaProcess::sigcont);
        cluster.close();
        upstream.close();
        if (receiver != null) {
            receiver.close();
        }
    }
}
