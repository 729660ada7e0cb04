package io.sandgate.api.e2b;

import io.sandgate.api.e2b.TestClient.Answer;
import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.SandboxState;
import io.sandgate.sandbox.runtime.Usage;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// What sandboxes use: three replicas, of which the first is asked.
class UsageCallsTest {
    private TestCluster cluster;
    private TestReplica entry;
    private TestReplica other;
    private TestClient client;

    @BeforeEach
    void start() {
        cluster = new TestCluster(3, E2bSettings.DEFAULT);
        entry = cluster.get(0);
        other = cluster.get(1);
        client = entry.client;
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void measurement_isInE2bsForm() {
        String id = measured(entry, TestReplica.TEAM_A, 1_700_000_005).id();

        Answer answer = client.get("/sandboxes/" + id + "/metrics");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(TestClient.json("""
                [{"timestamp":"2023-11-14T22:13:25Z","timestampUnix":1700000005,"cpuCount":2,"cpuUsedPct":12.5,
                "memUsed":300,"memTotal":1000,"memCache":20,"diskUsed":4000,"diskTotal":50000}]"""));
    }

    @Test
    void span_choosesAmongMeasurements() {
        String path = "/sandboxes/" + measured(entry, TestReplica.TEAM_A, 10, 15, 20, 25).id() + "/metrics";

        assertThat(seconds(client.get(path + "?start=15&end=20"))).containsExactly(15, 20);
        assertThat(seconds(client.get(path + "?start=20"))).containsExactly(20, 25);
        assertThat(seconds(client.get(path + "?end=10"))).containsExactly(10);
        assertThat(seconds(client.get(path))).containsExactly(10, 15, 20, 25);
        assertThat(seconds(client.get(path + "?start=16&end=19"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"start=x", "end=-1", "start=20&end=10", "start=1.5", "end=99999999999999999999"})
    void span_thatIsNone_isRefused(String query) {
        String id = measured(entry, TestReplica.TEAM_A, 10).id();

        client.get("/sandboxes/" + id + "/metrics?" + query).isError(400)
                .saying(query.substring(0, query.indexOf('=')));
    }

    @Test
    void measurementsElsewhere_areItsOwnersAnswer() {
        Sandbox sandbox = measured(other, TestReplica.TEAM_A, 10, 15);
        entry.routes.upsert(other.route(sandbox));

        assertThat(seconds(client.get("/sandboxes/" + sandbox.id() + "/metrics?start=11"))).containsExactly(15);
    }

    @Test
    void severalSandboxes_ofSeveralReplicas_showWhatEachUsedLast() {
        String here = measured(entry, TestReplica.TEAM_A, 10, 15).id();
        String there = measured(other, TestReplica.TEAM_A, 20).id();
        String paused = measured(cluster.get(2), TestReplica.TEAM_A, 25).id();
        cluster.get(2).sandboxes.pause(paused, true);
        String fresh = entry.sandboxes.add(TestReplica.TEAM_A, SandboxState.RUNNING).id();
        String foreign = measured(other, TestReplica.TEAM_B, 30).id();
        String ending = entry.sandboxes.add(TestReplica.TEAM_A, SandboxState.KILLING).id();

        Answer answer = ask(here, there + "-6532622b", paused, fresh, foreign, ending, "inowhere", "No_Id", here);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(last(answer)).isEqualTo(Map.of(here, 15, there, 20, paused, 25));
        assertThat(answer.header(ListGather.MISSING)).isEmpty();
    }

    @Test
    void sandboxesThatAreAllHere_areNotAskedForElsewhere() {
        String id = measured(entry, TestReplica.TEAM_A, 10).id();

        assertThat(last(ask(id))).containsOnlyKeys(id);
        assertThat(entry.meters.find("sandgate.api.forwards").timers()).isEmpty();
    }

    @Test
    void replicaThatDoesNotAnswer_isNamed() {
        String here = measured(entry, TestReplica.TEAM_A, 10).id();
        String there = measured(other, TestReplica.TEAM_A, 20).id();
        other.peerServer.close().await();

        Answer answer = ask(here, there);

        assertThat(last(answer)).containsOnlyKeys(here);
        assertThat(answer.header(ListGather.MISSING)).isEqualTo(other.id);
    }

    @Test
    void idsThatAreTooMany_orNone_areRefused() {
        String[] most = IntStream.range(0, 100).mapToObj(i -> "i" + i).toArray(String[]::new);
        String[] more = IntStream.range(0, 101).mapToObj(i -> "i" + i).toArray(String[]::new);

        assertThat(ask(most).status()).isEqualTo(200);
        ask(more).isError(400).saying("sandbox_ids: 101");
        client.get("/sandboxes/metrics").isError(400).saying("sandbox_ids");
        client.get("/sandboxes/metrics?sandbox_ids=,").isError(400);
    }

    private Answer ask(String... ids) {
        return client.get("/sandboxes/metrics?sandbox_ids=" + String.join(",", ids));
    }

    private static Sandbox measured(TestReplica replica, String team, long... seconds) {
        Sandbox sandbox = replica.sandboxes.add(team, SandboxState.RUNNING);
        replica.sandboxes.usages.put(sandbox.id(), Arrays.stream(seconds).mapToObj(
                second -> new Usage(Instant.ofEpochSecond(second), 2, 12.5, 1000, 300, 20, 50_000, 4000)).toList());
        return sandbox;
    }

    private static Map<String, Integer> last(Answer answer) {
        return answer.json().path("sandboxes").propertyStream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().path("timestampUnix").asInt()));
    }

    private static List<Integer> seconds(Answer answer) {
        return answer.json().valueStream().map(one -> one.path("timestampUnix").asInt()).toList();
    }
}
