package io.sandgate.gateway.connection;

import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteVersion;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// The end of an older connection against the beginning of a newer one, on real threads.
class ConnectionRaceTest {
    private static final int ROUNDS = 500;
    private static final ClientKey KEY = new ClientKey("a", "u1");

    private static final ExecutorService THREAD = Executors.newVirtualThreadPerTaskExecutor();

    private final SimReplica replica = new SimCluster(1, 2).at(0);

    private void race(Runnable one, Runnable other) throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        Future<?> first = THREAD.submit(() -> {
            start.await();
            one.run();
            return null;
        });
        start.await();
        other.run();
        first.get();
    }

    private Held open() {
        return ((Opening.Opened) replica.connections.open(KEY, Set.of(), new FakeSocket())).held();
    }

    @Test
    void release_againstANewerHere_leavesTheNewer() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            Held old = open();
            Held[] newer = new Held[1];
            race(old::closed, () -> newer[0] = open());
            assertThat(replica.connections.find(KEY)).hasValueSatisfying(
                    view -> assertThat(view.connection()).isEqualTo(newer[0].connectionId()));
            newer[0].closed();
        }
    }

    @Test
    void releaseAndRooms_againstANewerElsewhere_leaveTheNewer() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            Held old = open();
            Route mine = replica.all().getFirst();
            Route newer = new ClientRow(KEY, "newer" + i, "rb", 1, 1, List.of())
                    .at(mine.version().nextEpoch());
            boolean leaves = i % 2 == 0;
            race(leaves ? old::closed : () -> old.join("red"), () -> replica.table.upsert(newer));
            assertThat(replica.connections.find(KEY)).hasValueSatisfying(
                    view -> assertThat(view.connection()).isEqualTo(newer.uid()));
            replica.table.delete(newer.key(), RouteVersion.of(newer.version().epoch(), 2), "rb");
            old.closed();
        }
    }
}
