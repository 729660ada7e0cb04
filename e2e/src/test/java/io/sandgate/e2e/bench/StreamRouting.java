package io.sandgate.e2e.bench;

import io.sandgate.e2e.bench.KeepAliveClient.Reply;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ConnectedClient;
import io.sandgate.e2e.harness.ReplicaProcess;

/// How long a message takes to a client, sent at the replica that holds its connection and at another one.
///
/// @param plain at the owner, until both the answer and the message were there
/// @param routed at another replica
record StreamRouting(Latencies plain, Latencies routed) {

    static final int MESSAGES = Scale.of(5_000, 500);
    private static final int WARM_UP = Scale.of(5_000, 200);
    private static final String CLIENT = "bench";

    static StreamRouting measure(ReplicaProcess owner, ReplicaProcess other) {
        try (ConnectedClient client = ConnectedClient.open(owner, ClusterProcesses.KEY, CLIENT);
                KeepAliveClient atOwner = client(owner);
                KeepAliveClient atOther = client(other)) {
            run(client, atOwner, atOther, WARM_UP);
            return run(client, atOwner, atOther, MESSAGES);
        }
    }

    private static KeepAliveClient client(ReplicaProcess replica) {
        return new KeepAliveClient(replica.plan().publicPort(), "X-API-Key: " + ClusterProcesses.KEY + "\r\n");
    }

    /// In turns, so that what the machine does besides hits both.
    private static StreamRouting run(ConnectedClient client, KeepAliveClient atOwner, KeepAliveClient atOther,
            int messages) {
        StreamRouting took = new StreamRouting(new Latencies(), new Latencies());
        for (int i = 0; i < messages; i++) {
            took.plain.add(send(client, atOwner));
            took.routed.add(send(client, atOther));
        }
        return took;
    }

    private static long send(ConnectedClient client, KeepAliveClient sender) {
        long start = System.nanoTime();
        Reply reply = sender.call("POST", "/clients/" + CLIENT + "/messages", "{\"text\":\"a message\"}");
        if (reply.status() != 200) {
            throw new AssertionError("a message answered " + reply.status() + " " + reply.body());
        }
        client.next("message");
        return System.nanoTime() - start;
    }
}
