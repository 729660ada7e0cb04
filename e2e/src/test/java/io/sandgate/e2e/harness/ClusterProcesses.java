package io.sandgate.e2e.harness;

import io.sandgate.membership.Endpoint;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Replicas that know each other and share their API keys, on free ports of 127.0.0.1.
///
/// As a static field with `@RegisterExtension` it lives as long as the tests of the class; a failed test shows the end of
/// each log. When it is closed by JUnit, no log may show a leak, a blocked event loop, a message of the group that cannot be read or an error that was not announced
/// with [#expectInLogs].
public final class ClusterProcesses implements AutoCloseable, BeforeAllCallback, AfterAllCallback, TestWatcher {

    /// The key that [ReplicaProcess#api] uses; its owner is `team-a`.
    public static final String KEY = "e2b_" + "a1".repeat(20);
    /// The key of `team-b`.
    public static final String OTHER_KEY = "e2b_" + "b2".repeat(20);
    /// The setting with both keys.
    public static final String KEYS = "team-a:" + KEY + ",team-b:" + OTHER_KEY;

    private static final ClusterProcesses SHARED = new ClusterProcesses(3, true).set(CounterServer.settings())
            .set("sandbox.max", "3000").set("sandbox.token-seed", "the seed of the tickets on all replicas")
            .set("api.rate-limit", "0").patient();
    private static final Duration TOGETHER_WITHIN = Duration.ofSeconds(30);
    private static final Pattern TROUBLE = Pattern
            .compile("LEAK:|has been blocked for|\\bERROR\\b|failed handling incoming");

    private final int count;
    private final boolean shared;
    private int late;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<Pattern> expected = new ArrayList<>();
    private final List<Integer> spareClusterPorts = new ArrayList<>();
    private final List<ReplicaProcess> replicas = new ArrayList<>();
    private final Http http = new Http();
    private UnaryOperator<ReplicaPlan> each = plan -> plan;
    private @Nullable NetworkNamespaces network;
    private String name = "cluster";
    private @Nullable Path directory;

    private ClusterProcesses(int count, boolean shared) {
        this.count = count;
        this.shared = shared;
    }

    /// One cluster of three for all classes whose tests leave it as it was; it has the template `counter`.
    public static ClusterProcesses shared() {
        return SHARED;
    }

    /// A cluster that is not started yet: `replica-1`, `replica-2` and so on.
    public static ClusterProcesses of(int replicas) {
        return new ClusterProcesses(replicas, false);
    }

    /// A setting of all replicas, without the leading `sandgate.`.
    public ClusterProcesses set(String setting, String value) {
        settings.put(setting, value);
        return this;
    }

    /// Settings of all replicas, likewise.
    public ClusterProcesses set(Map<String, String> more) {
        settings.putAll(more);
        return this;
    }

    /// Isolates the sandboxes, which have the template `counter` besides.
    public ClusterProcesses isolated() {
        return set(CounterServer.settings()).set("sandbox.isolation", "required");
    }

    /// Lets a call wait until the other replicas have its route, however busy the machine is; usually it goes on after 50 ms.
    public ClusterProcesses patient() {
        return set("sync.wait", "10s").set("sync.request-timeout", "10s").set("sync.peer-deadline", "30s");
    }

    /// Changes what each replica is started with.
    public ClusterProcesses each(UnaryOperator<ReplicaPlan> change) {
        each = change;
        return this;
    }

    /// Lets so many further members join: their cluster listeners are among those that the replicas know.
    public ClusterProcesses spareMembers(int members) {
        IntStream.range(0, members).forEach(i -> spareClusterPorts.add(FreePorts.take()));
        return this;
    }

    /// Leaves the last replicas to be started by a test.
    public ClusterProcesses late(int replicasToStartLater) {
        late = replicasToStartLater;
        return this;
    }

    /// Runs each replica in a network namespace of its own, over mutual TLS; the namespaces live as long as the cluster.
    public ClusterProcesses in(NetworkNamespaces namespaces) {
        network = namespaces;
        return set("cluster.secret", "the secret of a cluster that is cut").set("admin.token", "a token for the tests");
    }

    /// Lines of logs that a test brings about, as a regular expression.
    public ClusterProcesses expectInLogs(String line) {
        expected.add(Pattern.compile(line));
        return this;
    }

    /// How the logs of its replicas begin.
    public ClusterProcesses named(String given) {
        name = given;
        return this;
    }

    /// Starts all replicas but the late ones, and returns when each is ready and sees all others ready.
    public ClusterProcesses start() {
        if (network != null) {
            network.open();
        }
        Path data = Directories.temporary(name);
        directory = data;
        List<ReplicaPlan> plans = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            String id = "replica-" + i;
            ReplicaPlan plan = ReplicaPlan.free(id, data.resolve(id),
                    Program.logs().resolve(name + "-" + id + ".log"), Map.of());
            plans.add(network == null ? plan : plan.at(network.host(i)));
        }
        String members = Stream.concat(plans.stream().map(plan -> plan.host().data() + ":" + plan.clusterPort()),
                spareClusterPorts.stream().map(port -> "127.0.0.1:" + port)).collect(Collectors.joining(","));
        for (ReplicaPlan plan : plans) {
            ReplicaPlan whole = plan.with("cluster.members", members).with("api.keys", KEYS);
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                whole = whole.with(setting.getKey(), setting.getValue());
            }
            replicas.add(new ReplicaProcess(each.apply(whole), KEY, http));
        }
        replicas.forEach(replica -> replica.plan().log().toFile().delete());
        replicas.subList(0, count - late).forEach(replica -> replica.start());
        awaitTogether();
        return this;
    }

    /// Waits until each replica that was started is ready and sees all others ready.
    public void awaitTogether() {
        List<ReplicaProcess> started = replicas.stream().filter(ReplicaProcess::isStarted).toList();
        started.forEach(ReplicaProcess::awaitReady);
        awaitReadyMembers(started.stream().map(ReplicaProcess::id).collect(Collectors.toSet()));
    }

    /// Waits until every living replica sees exactly these members ready.
    public void awaitReadyMembers(Set<String> ids) {
        await().atMost(TOGETHER_WITHIN).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> replicas.stream().filter(ReplicaProcess::isAlive)
                        .forEach(replica -> assertThat(readyMembers(replica)).as("members that %s sees", replica.id())
                                .isEqualTo(ids)));
    }

    private static Set<String> readyMembers(ReplicaProcess replica) {
        return replica.cluster().getJsonArray("members").stream().map(JsonObject.class::cast)
                .filter(member -> member.getString("state").equals("ready")).map(member -> member.getString("id"))
                .collect(Collectors.toSet());
    }

    /// One replica, counted from 1.
    public ReplicaProcess replica(int number) {
        return replicas.get(number - 1);
    }

    public List<ReplicaProcess> replicas() {
        return List.copyOf(replicas);
    }

    /// All replicas but one.
    public List<ReplicaProcess> others(ReplicaProcess than) {
        return replicas.stream().filter(replica -> replica != than).toList();
    }

    /// The cluster listeners of the replicas.
    public List<Endpoint> clusterEndpoints() {
        return replicas.stream().map(replica -> new Endpoint("127.0.0.1", replica.plan().clusterPort())).toList();
    }

    /// The cluster listener of a further member, counted from 1.
    public Endpoint spareClusterEndpoint(int number) {
        return new Endpoint("127.0.0.1", spareClusterPorts.get(number - 1));
    }

    public Http http() {
        return http;
    }

    /// The directory with the data of all replicas.
    public Path directory() {
        if (directory == null) {
            throw new IllegalStateException("the cluster was not started");
        }
        return directory;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (shared) {
            startOnce();
        } else {
            startOrClose(context.getRequiredTestClass().getSimpleName());
        }
    }

    private void startOnce() {
        if (replicas.isEmpty()) {
            startOrClose("shared-" + MachineShare.name());
            // where several JVMs run the tests, each class is a run of JUnit of its own, after which all stores are closed
            Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        }
    }

    private void startOrClose(String clusterName) {
        name = clusterName;
        try {
            start();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (!shared) {
            close();
        }
        Map<String, List<String>> trouble = new LinkedHashMap<>();
        replicas.forEach(replica -> trouble.put(replica.plan().log().toString(), unexpected(replica.log())));
        trouble.values().removeIf(List::isEmpty);
        assertThat(trouble).as("lines of logs that no test expects").isEmpty();
    }

    private List<String> unexpected(String log) {
        return log.lines().filter(line -> TROUBLE.matcher(line).find())
                .filter(line -> expected.stream().noneMatch(pattern -> pattern.matcher(line).find())).toList();
    }

    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        System.err.println(context.getDisplayName() + " failed: " + cause);
        replicas.forEach(replica -> System.err.println(replica.tail()));
    }

    @Override
    public void close() {
        replicas.forEach(ReplicaProcess::close);
        if (directory != null) {
            Directories.remove(directory);
        }
        if (network != null) {
            network.close();
        }
        http.close();
    }
}
