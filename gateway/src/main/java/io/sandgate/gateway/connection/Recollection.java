package io.sandgate.gateway.connection;

import io.sandgate.gateway.connection.PeerAnswer.Gone;
import io.sandgate.proxy.replicate.Loop;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import java.time.Duration;
import java.util.random.RandomGenerator;

/// Asks the peers what they remember of clients that this replica held in an earlier life, and has forgotten. A deletion of
/// that life would have them refuse the client's row; taken here, the row is written again above it. On the loop.
final class Recollection {
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final String self;
    private final RouteTable table;
    private final Roster roster;
    private final Outboxes outboxes;
    private final Owners owners;
    private final Loop loop;
    private final RandomGenerator random;
    private final long until;

    Recollection(String self, RouteTable table, Roster roster, Outboxes outboxes, Owners owners, Loop loop,
            RandomGenerator random) {
        this.self = self;
        this.table = table;
        this.roster = roster;
        this.outboxes = outboxes;
        this.owners = owners;
        this.loop = loop;
        this.random = random;
        // what others remember of an earlier life they remember as long as fences live
        this.until = loop.nanoTime() + RouteTable.Limits.DEFAULT.fenceLife().toNanos();
    }

    /// Asks for a client that has just connected.
    void ask(ClientKey key) {
        if (isWanted(key)) {
            owners.routable().forEach(replica -> ask(replica, key));
        }
    }

    private boolean isWanted(ClientKey key) {
        ClientRow row = roster.find(key);
        return loop.nanoTime() - until < 0 && row != null && row.replica().equals(self);
    }

    private void ask(String replica, ClientKey key) {
        outboxes.send(replica, new PeerRequest.Look(MessageId.random(random), key)).thenAccept(passage -> {
            switch (passage) {
                case Passage.Answered(PeerAnswer answer) -> {
                    if (answer instanceof Gone(Route newest) && newest != null
                            && newest.key().equals(key.rowKey())) {
                        table.apply(newest);
                    }
                }
                case Passage.NotAnswered _ -> loop.execute(() -> loop.after(AGAIN, () -> {
                    if (isWanted(key) && owners.member(replica).isPresent()) {
                        ask(replica, key);
                    }
                }));
            }
        });
    }
}
