package io.sandgate.e2e.harness;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.extension.ResponseTransformerV2;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.Response;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.membership.ClusterSettings;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.JGroupsMembership;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.Membership;
import io.sandgate.membership.RouteSummary;
import io.sandgate.proxy.replicate.HttpPeers;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlMatching;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.awaitility.Awaitility.await;

/// A member of the replicas' cluster whose peer listener is WireMock, and so does whatever a test wants of a peer.
///
/// At first it is a good peer that takes every route change and has no routes.
public final class ImpostorMember implements AutoCloseable {

    private static final String REFRESH = "/refresh(/batch)?";
    private static final String ONE = "/refresh";
    private static final String BATCH = "/refresh/batch";

    /// One line for each route of a batch, as a good peer answers.
    private static final class BatchAnswer implements ResponseTransformerV2 {
        static final String NAME = "batch-answer";

        @Override
        public String getName() {
            return NAME;
        }

        @Override
        public boolean applyGlobally() {
            return false;
        }

        @Override
        public Response transform(Response response, ServeEvent event) {
            long routes = event.getRequest().getBodyAsString().lines().filter(line -> !line.isBlank()).count();
            String line = "{\"result\":\"applied\",\"reason\":\"\"}\n";
            return Response.Builder.like(response).but().body(line.repeat((int) routes)).build();
        }
    }

    /// The nonce of a probe, as a good peer answers.
    private static final class ProbeAnswer implements ResponseTransformerV2 {
        static final String NAME = "probe-answer";

        @Override
        public String getName() {
            return NAME;
        }

        @Override
        public boolean applyGlobally() {
            return false;
        }

        @Override
        public Response transform(Response response, ServeEvent event) {
            return Response.Builder.like(response).but().body(event.getRequest().queryParameter("nonce").firstValue())
                    .build();
        }
    }

    private final String id;
    private final ClusterSettings settings;
    private final WireMockServer peer = new WireMockServer(wireMockConfig().bindAddress("127.0.0.1")
            .port(FreePorts.take()).containerThreads(80).extensions(new BatchAnswer(), new ProbeAnswer()));
    private @Nullable Membership membership;

    /// One that has not joined yet, as the spare member of that number, from 1.
    public ImpostorMember(ClusterProcesses cluster, int spare, String id) {
        this.id = id;
        this.settings = ClusterSettings.of(cluster.spareClusterEndpoint(spare), cluster.clusterEndpoints());
        peer.start();
        good();
    }

    /// Joins, and returns when all replicas see it ready and have told it to fetch, which each does once, so that what
    /// comes later is of the test's own making. It must take route changes until then.
    public ImpostorMember join(ClusterProcesses cluster) {
        Member self = new Member(id, Instant.now().toEpochMilli(), new Endpoint("127.0.0.1", peer.port()),
                new Endpoint("127.0.0.1", 1), MemberState.JOINING);
        Membership joined = JGroupsMembership.join(settings, Optional.empty(), self,
                () -> CompletableFuture.completedFuture(true),
                () -> RouteSummary.NONE, new SimpleMeterRegistry());
        membership = joined;
        joined.announce(MemberState.READY);
        Set<String> members = cluster.replicas().stream().filter(ReplicaProcess::isAlive).map(ReplicaProcess::id)
                .collect(Collectors.toCollection(HashSet::new));
        members.add(id);
        cluster.awaitReadyMembers(members);
        members.remove(id);
        await().atMost(Duration.ofSeconds(20)).until(() -> greeters().containsAll(members));
        return this;
    }

    /// The peer listener, for stubs and counts of a test's own.
    public WireMockServer peer() {
        return peer;
    }

    /// Takes every route change and has no routes.
    public void good() {
        peer.resetAll();
        peer.stubFor(any(anyUrl()).atPriority(9).willReturn(aResponse().withStatus(404)
                .withHeader("Content-Type", "application/json")
                .withBody("{\"code\":404,\"message\":\"nothing here\"}")));
        peer.stubFor(post(urlPathEqualTo(ONE)).atPriority(5).willReturn(aResponse().withStatus(204)));
        peer.stubFor(post(urlPathEqualTo(BATCH)).atPriority(5).willReturn(ndjson().withTransformers(BatchAnswer.NAME)));
        peer.stubFor(get(urlPathEqualTo("/routes")).atPriority(5).willReturn(ndjson().withBody("")));
        peer.stubFor(get(urlPathEqualTo("/digest")).atPriority(5).willReturn(digest(0)));
        peer.stubFor(get(urlPathEqualTo("/probe")).atPriority(5)
                .willReturn(aResponse().withTransformers(ProbeAnswer.NAME)));
    }

    /// Answers route changes after so long; all else at once.
    public void slow(Duration delay) {
        good();
        int millis = (int) delay.toMillis();
        onRefresh(post(urlPathEqualTo(ONE)).willReturn(aResponse().withStatus(204).withFixedDelay(millis)));
        onRefresh(post(urlPathEqualTo(BATCH))
                .willReturn(ndjson().withTransformers(BatchAnswer.NAME).withFixedDelay(millis)));
    }

    /// Takes connections and answers nothing at all.
    public void stuck() {
        peer.resetAll();
        peer.stubFor(any(anyUrl()).willReturn(aResponse().withFixedDelay((int) Duration.ofMinutes(10).toMillis())));
    }

    /// Breaks the connection of every call in one way.
    public void broken(Fault fault) {
        peer.resetAll();
        peer.stubFor(any(anyUrl()).willReturn(aResponse().withFault(fault)));
    }

    /// Answers route changes with that status.
    public void refusing(int status) {
        good();
        onRefresh(post(urlMatching(REFRESH)).willReturn(aResponse().withStatus(status)));
    }

    /// Answers every call with 200 and something that is none of the expected forms.
    public void lying(String body) {
        peer.resetAll();
        peer.stubFor(any(anyUrl()).willReturn(aResponse().withHeader("Content-Type", "application/json")
                .withBody(body)));
    }

    /// Claims these routes, one JSON object a line, and takes every change.
    public void claiming(String routes) {
        good();
        // sums that are nobody else's make the others read the whole list
        peer.stubFor(get(urlPathEqualTo("/digest")).atPriority(1).willReturn(digest(0x5a)));
        peer.stubFor(get(urlPathEqualTo("/routes")).atPriority(1).willReturn(ndjson().withBody(routes)));
    }

    private ResponseDefinitionBuilder digest(int fill) {
        byte[] sums = new byte[8 * 4096];
        Arrays.fill(sums, (byte) fill);
        return named().withHeader("Content-Type", "application/json")
                .withBody(new JsonObject().put("version", 1).put("buckets", 4096).put("authorities", new JsonObject())
                        .put("root", "0").put("count", 0).put("sums", sums).encode());
    }

    private Set<String> greeters() {
        return peer.findAll(postRequestedFor(urlMatching(REFRESH)).withHeader(HttpPeers.RECONCILE, equalTo("1")))
                .stream().map(request -> request.getHeader(HttpPeers.SENDER)).collect(Collectors.toSet());
    }

    /// Answers the next route changes with these statuses, one after the other, and all later ones as the last.
    public void answeringWith(List<Integer> statuses) {
        good();
        String state = Scenario.STARTED;
        for (int i = 0; i < statuses.size(); i++) {
            String next = i == statuses.size() - 1 ? state : "after-" + (i + 1);
            onRefresh(post(urlMatching(REFRESH)).inScenario("statuses").whenScenarioStateIs(state)
                    .willSetStateTo(next).willReturn(aResponse().withStatus(statuses.get(i))));
            state = next;
        }
    }

    /// How many requests with route changes came since the last change of its behaviour.
    public int refreshes() {
        return peer.countRequestsMatching(postRequestedFor(urlMatching(REFRESH)).build()).getCount();
    }

    /// How many requests with a change of that route came since the last change of its behaviour.
    public long refreshesOf(String id) {
        return peer.findAll(postRequestedFor(urlMatching(REFRESH))).stream()
                .filter(request -> request.getBodyAsString().contains("\"" + id + "\"")).count();
    }

    /// Leaves the cluster, while its listener goes on.
    public void leave() {
        if (membership != null) {
            membership.close();
        }
    }

    /// Closes its listener, while it stays a member.
    public void stopListening() {
        peer.stop();
    }

    /// Every answer of a peer says whose it is.
    private ResponseDefinitionBuilder named() {
        return aResponse().withStatus(200).withHeader(HttpPeers.SENDER, id);
    }

    private ResponseDefinitionBuilder ndjson() {
        return named().withHeader("Content-Type", "application/x-ndjson");
    }

    private void onRefresh(MappingBuilder mapping) {
        peer.stubFor(mapping.atPriority(1));
    }

    @Override
    public void close() {
        leave();
        peer.stop();
    }
}
