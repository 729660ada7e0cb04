package io.sandgate.api.admin;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sandgate.api.admin.Readiness.Phase;
import io.sandgate.api.e2b.FakeMembership;
import io.sandgate.api.health.HealthChecks;
import io.sandgate.api.health.Probe;
import io.sandgate.api.http.TestServer;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.Standing;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AdminApiTest {
    private final Readiness readiness = new Readiness();
    private final HealthChecks checks = new HealthChecks(Duration.ofHours(1), () -> 1, new SimpleMeterRegistry());
    private final Map<String, Member> members = new ConcurrentHashMap<>();
    private final FakeMembership membership = new FakeMembership("b", members);
    @AutoClose
    private final TestServer server = new TestServer(router -> new AdminApi(
            new HealthView(readiness, checks, membership), new ClusterView(membership, new RouteCounts()),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), Optional.empty()).mount(router));

    @Test
    void replica_thatIsReadyAndHealthy_saysBoth() {
        readiness.advance(Phase.READY);

        assertAnswer("/healthz", 200, "{\"healthy\":true}");
        assertAnswer("/readyz", 200, "{\"ready\":true}");
    }

    @Test
    void replica_thatJoinsOrDrains_isHealthyAndNotReady() {
        readiness.advance(Phase.JOINING);
        assertAnswer("/healthz", 200, "{\"healthy\":true}");
        assertAnswer("/readyz", 503, "{\"ready\":false,\"reason\":\"it is fetching the routes of its peers\"}");

        readiness.advance(Phase.DRAINING);
        assertAnswer("/readyz", 503, "{\"ready\":false,\"reason\":\"it has been told to stop\"}");
    }

    @Test
    void replica_thatIsOutsideItsCluster_isHealthyAndSaysWhyItIsNotReady() {
        readiness.advance(Phase.ENTERING);
        membership.outside().add("it is not let into the cluster: 127.0.0.1:7800 answered");
        assertAnswer("/healthz", 200, "{\"healthy\":true}");
        assertAnswer("/readyz", 503,
                "{\"ready\":false,\"reason\":\"it is not let into the cluster: 127.0.0.1:7800 answered\"}");

        membership.outside().clear();
        assertAnswer("/readyz", 503, "{\"ready\":false,\"reason\":\"it is joining the cluster\"}");

        readiness.advance(Phase.READY);
        membership.outside().add("another living replica has its id");
        assertAnswer("/readyz", 503, "{\"ready\":false,\"reason\":\"another living replica has its id\"}");
    }

    @Test
    void replica_whoseProbesFail_isNeither() {
        readiness.advance(Phase.READY);
        checks.add(failing());
        assertThat(checks.answers().toCompletableFuture()).isCompletedWithValue(false);

        assertAnswer("/healthz", 503,
                "{\"healthy\":false,\"failing\":[{\"probe\":\"public\",\"reason\":\"no answer\"}]}");
        assertAnswer("/readyz", 503,
                "{\"ready\":false,\"reason\":\"its own probes fail: public: no answer\"}");
    }

    @Test
    void replica_thatIsFenced_isHealthyAndNotReady() {
        readiness.advance(Phase.READY);
        membership.standings().add(new Standing(true, "it did not run for 5000 ms", Duration.ZERO, 1, 1, true));

        assertAnswer("/healthz", 200, "{\"healthy\":true}");
        assertAnswer("/readyz", 503, "{\"ready\":false,\"reason\":"
                + "\"it compares its routes with the others, because it did not run for 5000 ms\"}");
    }

    @Test
    void cluster_showsWhoIsRoutableAndTheLowestOfThemAsTheSweeper() {
        add("a", MemberState.UNHEALTHY);
        add("b", MemberState.READY);
        add("c", MemberState.READY);
        add("d", MemberState.DRAINING);

        JsonObject cluster = new JsonObject(server.call("GET", "/cluster", "").body());

        assertThat(cluster.getString("sweeper")).isEqualTo("b");
        assertThat(cluster.getJsonArray("members")).extracting(member -> ((JsonObject) member).getBoolean("routable"))
                .containsExactly(false, true, true, false);
    }

    @Test
    void cluster_ofNobodyRoutable_hasNoSweeper() {
        add("b", MemberState.JOINING);

        assertThat(new JsonObject(server.call("GET", "/cluster", "").body()).getString("sweeper")).isEmpty();
    }

    private void add(String id, MemberState state) {
        Endpoint endpoint = new Endpoint("127.0.0.1", 1);
        members.put(id, new Member(id, 1, endpoint, endpoint, state));
    }

    private void assertAnswer(String path, int status, String body) {
        var answer = server.call("GET", path, "");
        assertThat(answer.statusCode()).as(path).isEqualTo(status);
        assertThat(answer.body()).isEqualTo(body);
    }

    private static Probe failing() {
        return new Probe() {
            @Override
            public String name() {
                return "public";
            }

            @Override
            public CompletionStage<Void> ask() {
                return CompletableFuture.failedFuture(new IllegalStateException("no answer"));
            }
        };
    }
}
