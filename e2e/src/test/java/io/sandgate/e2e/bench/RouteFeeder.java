package io.sandgate.e2e.bench;

import io.sandgate.e2e.bench.KeepAliveClient.Reply;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/// Gives a replica routes of its own, as many as a benchmark wants, and changes them one at a time.
///
/// The many come as a peer brings them that still has what the replica said in an earlier life: so the other replicas get
/// none of them by a push, and all of them by reconciling. Confined to one thread.
final class RouteFeeder implements AutoCloseable {

    private static final int BATCH = 1_000;

    private final ReplicaProcess replica;
    private final KeepAliveClient client;

    private RouteFeeder(ReplicaProcess replica, int port) {
        this.replica = replica;
        this.client = new KeepAliveClient(port, "");
    }

    /// Over the peer listener of a replica without a secret.
    static RouteFeeder atPeer(ReplicaProcess replica) {
        return new RouteFeeder(replica, replica.plan().peerPort());
    }

    /// Over the admin listener, which takes changes one at a time only.
    static RouteFeeder atAdmin(ReplicaProcess replica) {
        return new RouteFeeder(replica, replica.plan().adminPort());
    }

    /// The name and id of a route, as long as those that sandboxes get, and like them without a dash.
    static String name(int number) {
        return String.format(Locale.ROOT, "route%015d", number);
    }

    /// Gives the replica the routes from one number up to, and without, another.
    void giveOwn(int from, int routes) {
        giveOwn(from, routes, RouteFeeder::address);
    }

    /// The same with routes that lead elsewhere.
    void giveOwn(int from, int routes, IntFunction<String> addresses) {
        for (int first = from; first < routes; first += BATCH) {
            StringBuilder lines = new StringBuilder();
            for (int number = first; number < Math.min(routes, first + BATCH); number++) {
                lines.append(line(number, addresses.apply(number), 1)).append('\n');
            }
            push(lines.toString());
        }
    }

    /// Gives the replica so many further versions of one route, each with another owner than the one before.
    void changeOwn(int number, String address, long firstVersion, int versions) {
        if (versions > 0) {
            push(LongStream.range(firstVersion, firstVersion + versions)
                    .mapToObj(version -> line(number, address, version)).collect(Collectors.joining("\n")));
        }
    }

    private void push(String lines) {
        Reply reply = client.call("POST", "/refresh/batch", lines);
        if (reply.status() != 200 || reply.body().lines().anyMatch(answer -> !answer.contains("applied"))) {
            throw new AssertionError(replica.id() + " answered " + reply.status() + " " + reply.body().lines()
                    .filter(answer -> !answer.contains("applied")).findFirst().orElse(""));
        }
    }

    private String line(int number, String address, long version) {
        return String.format(Locale.ROOT, """
                {"namespace":"default","name":"%1$s","id":"%1$s","uid":"0c6f7f0a-5f0e-4c5f-9d3e-%2$012x",\
                "owner":"%6$s","ip":"%3$s","state":"running","resourceVersion":"%5$d","authority":"%4$s","fed":true}""",
                name(number), number, address, replica.id(), version, version % 2 == 1 ? "team-a" : "team-b");
    }

    /// Changes a route, and gives its new version.
    String change(int number) {
        Reply reply = client.call("PUT", "/routes/default/" + name(number), new JsonObject().put("ip", address(number))
                .encode());
        if (reply.status() != 200) {
            throw new AssertionError(replica.id() + " answered " + reply.status() + " " + reply.body());
        }
        return reply.json().getString("resourceVersion");
    }

    /// The version of a route in this replica's table; empty when it has none.
    String version(int number) {
        Reply reply = client.call("GET", "/routes/" + name(number), "");
        return reply.status() == 200 ? reply.json().getString("resourceVersion") : "";
    }

    private static String address(int number) {
        return "127." + (64 + (number >> 16) % 64) + "." + (number >> 8 & 0xff) + "." + (number & 0xff);
    }

    @Override
    public void close() {
        client.close();
    }
}
