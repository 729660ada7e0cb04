package io.sandgate.gateway.connection;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/// Races between the end of an older connection and a newer one of the same client; run by
/// [io.sandgate.gateway.StressTest].
public final class ReleaseStress {
    private static final AtomicLong clients = new AtomicLong();
    /// One for all rounds, which have a client each.
    private static final RouteTable table = new RouteTable(
            new RouteTable.Limits(10_000_000, 1_000, Duration.ofSeconds(1)),
            AddressRanges.of(List.of("127.0.0.0/8")), () -> 0);
    private static final RowWriter writer = new RowWriter("ra", table,
            row -> CompletableFuture.completedStage(null), () -> 1, () -> Instant.EPOCH,
            new ConnectionMeters(new SimpleMeterRegistry()));

    private ReleaseStress() {}

    /// The older one ends here while the newer one, which another replica has, becomes known here.
    @JCStressTest
    @Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "the newer one is there")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the newer one was erased")
    @State
    public static class OldEndsNewerComes {
        private final ClientKey key = new ClientKey("a", "u" + clients.incrementAndGet());
        private final Route newer = new ClientRow(key, "newer", "rb", 1, 1, List.of()).at(RouteVersion.of(1, 1));

        public OldEndsNewerComes() {
            table.upsert(new ClientRow(key, "older", "ra", 1, 1, List.of()).at(RouteVersion.of(0, 1)));
        }

        @Actor
        public void ends() {
            writer.withdraw(key, "older");
        }

        @Actor
        public void comes() {
            table.upsert(newer);
        }

        @Arbiter
        public void look(Z_Result result) {
            result.r1 = isNewerThere(key);
        }
    }

    /// The same with a newer one that this replica has itself, after it was elsewhere: only the connection tells them apart.
    @JCStressTest
    @Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "the newer one is there")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the newer one was erased")
    @State
    public static class OldEndsNewerComesHere {
        private final ClientKey key = new ClientKey("a", "h" + clients.incrementAndGet());
        private final Route newer = new ClientRow(key, "newer", "ra", 1, 1, List.of()).at(RouteVersion.of(2, 1));

        public OldEndsNewerComesHere() {
            table.upsert(new ClientRow(key, "older", "ra", 1, 1, List.of()).at(RouteVersion.of(0, 1)));
        }

        @Actor
        public void ends() {
            writer.withdraw(key, "older");
        }

        @Actor
        public void comes() {
            table.upsert(newer);
        }

        @Arbiter
        public void look(Z_Result result) {
            result.r1 = isNewerThere(key);
        }
    }

    private static boolean isNewerThere(ClientKey key) {
        Route row = table.get(key.rowKey());
        if (row != null) {
            table.deleteIfUnchanged(row);
        }
        return row != null && row.uid().equals("newer");
    }
}
