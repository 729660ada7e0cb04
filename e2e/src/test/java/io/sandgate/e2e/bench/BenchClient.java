package io.sandgate.e2e.bench;

import io.sandgate.e2e.bench.KeepAliveClient.Reply;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.vertx.core.json.JsonObject;

/// The calls that are timed, to one replica, over one connection to its public and one to its peer listener. Confined to
/// one thread.
final class BenchClient implements AutoCloseable {

    private static final int LIFE_SECONDS = 3600;
    private static final String CREATE = new JsonObject().put("templateID", "base").put("timeout", LIFE_SECONDS)
            .encode();
    private static final String CONNECT = new JsonObject().put("timeout", LIFE_SECONDS).encode();

    /// A sandbox that was created.
    ///
    /// @param nanos how long that took
    record Created(String id, long nanos) {}

    private final ReplicaProcess replica;
    private final KeepAliveClient open;
    private final KeepAliveClient peer;

    BenchClient(ReplicaProcess replica) {
        this.replica = replica;
        this.open = new KeepAliveClient(replica.plan().publicPort(), "X-API-Key: " + ClusterProcesses.KEY + "\r\n");
        this.peer = new KeepAliveClient(replica.plan().peerPort(), "");
    }

    ReplicaProcess replica() {
        return replica;
    }

    Created create() {
        Reply reply = expect(201, open.call("POST", "/v2/sandboxes", CREATE), "create");
        return new Created(reply.json().getString("sandboxID"), reply.nanos());
    }

    /// Gives how long it took.
    long pause(String id) {
        return expect(204, open.call("POST", "/sandboxes/" + id + "/pause", "{}"), "pause").nanos();
    }

    /// Gives how long it took.
    long resume(String id) {
        return expect(201, open.call("POST", "/v2/sandboxes/" + id + "/connect", CONNECT), "resume").nanos();
    }

    /// Gives how long it took.
    long kill(String id) {
        return expect(204, open.call("DELETE", "/sandboxes/" + id, ""), "kill").nanos();
    }

    /// Requests a sandbox through this replica, whatever comes back.
    Reply request(String id, int port) {
        return open.call("GET", "/sandbox/" + id + "/" + port + "/", "");
    }

    /// Whether this replica has a route to the sandbox in its own table.
    boolean hasRoute(String id) {
        return peer.call("GET", "/routes/" + id, "").status() == 200;
    }

    /// The address in the route that this replica has.
    String address(String id) {
        return expect(200, peer.call("GET", "/routes/" + id, ""), "route").json().getString("ip");
    }

    private Reply expect(int status, Reply reply, String call) {
        if (reply.status() != status) {
            throw new AssertionError(call + " at " + replica.id() + " answered " + reply.status() + " " + reply.body()
                    + " (expected: " + status + ")");
        }
        return reply;
    }

    @Override
    public void close() {
        open.close();
        peer.close();
    }
}
