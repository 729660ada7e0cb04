package io.sandgate.api.stream.source;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.shard.ShardListener.Change;
import io.sandgate.gateway.shard.ShardListener.ShardNews;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import io.sandgate.proxy.route.TrafficRules;
import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.SandboxChange.Cause;
import io.sandgate.sandbox.SandboxChange.Kind;
import io.sandgate.sandbox.driver.Template;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What a replica tells of, and the log that it tells.
final class SourcesRig implements AfterEachCallback {
    static final ShardId SHARD = new ShardId(3, 16);

    final ListLog log = new ListLog();
    final RouteTable table = table();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor();
    final Sources sources = open();

    @Override
    public void afterEach(ExtensionContext context) {
        pool.shutdownNow();
    }

    static RouteTable table() {
        return new RouteTable(RouteTable.Limits.DEFAULT, AddressRanges.of(List.of("127.0.0.0/8")), () -> 0);
    }

    /// The next life of the replica, with the log as it is.
    Sources open() {
        return open(table);
    }

    Sources open(RouteTable routes) {
        Sources opened = new Sources(ListLog.SELF, log, routes, Map.of("base", Template.of("base", List.of("run"), 0)),
                () -> Life.START.plusSeconds(20), pool, meters);
        if (routes.size() == 0) {
            routes.onChange(opened.routes());
        }
        return opened;
    }

    void hear(Kind kind, Sandbox sandbox) {
        hear(kind, sandbox, Cause.REQUEST);
    }

    void hear(Kind kind, Sandbox sandbox, Cause cause) {
        sources.sandboxes().changed(Life.change(kind, sandbox, cause));
    }

    void apply(Route route) {
        table.apply(route);
    }

    void news(Change change, long attempt, String note) {
        sources.shards().changed(new ShardNews(SHARD, change, 7, attempt, note));
    }

    void compare() {
        compare(sources);
    }

    void compare(Sources which) {
        assertThat(which.assertState(log).toCompletableFuture()).succeedsWithin(Duration.ofSeconds(30));
    }

    /// Everything that [#sources] began has ended.
    void settle() {
        await().until(() -> meters.get("sandgate.events.comparing").gauge().value() == 0);
    }

    double corrections() {
        return meters.get("sandgate.events.corrections").counter().count();
    }

    /// What the log has of each subject: its `state`, or the kind of what was told last.
    Map<String, String> state() {
        return log.state().entries().stream().collect(Collectors.toMap(entry -> entry.event().subject(),
                entry -> new JsonObject(entry.event().data()).getString("state", entry.event().kind())));
    }

    static Route route(String namespace, String name, String state, String authority, long version) {
        return new Route(namespace, name, name + "-id", "u", "team", "127.64.1.1", state, RouteVersion.of(version),
                authority, TrafficRules.OPEN, "\"token\":\"secret\"");
    }

    static Member member(String id, long incarnation, MemberState state) {
        return new Member(id, incarnation, new Endpoint("127.0.0.1", 1), new Endpoint("127.0.0.1", 2), state);
    }
}
