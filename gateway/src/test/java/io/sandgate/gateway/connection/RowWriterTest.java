package io.sandgate.gateway.connection;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.connection.RowWriter.Written;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Nothing that a replica writes for an open connection goes over a newer one of the client, but for a claim.
class RowWriterTest {
    private static final ClientKey KEY = new ClientKey("a", "u1");

    private final RouteTable table = new RouteTable(RouteTable.Limits.DEFAULT, AddressRanges.of(List.of("127.0.0.0/8")),
            () -> 0);
    private final ConnectionMeters meters = new ConnectionMeters(new SimpleMeterRegistry());
    private final RowWriter rows = new RowWriter("rb", table, row -> CompletableFuture.completedStage(null), () -> 1,
            () -> Instant.ofEpochSecond(1_800_000_000), meters);
    private final LocalConnection mine = connection("mine");

    private LocalConnection connection(String id) {
        return new LocalConnection(new LocalConnections(rows, new Random(1), meters, 64, key -> {}), KEY, id,
                new FakeSocket(), 1, List.of());
    }

    private Route record() {
        Route record = table.get(KEY.rowKey());
        assertThat(record).isNotNull();
        return record;
    }

    private Route newerElsewhere() {
        Route newer = new ClientRow(KEY, "newer", "ra", 1, 2, List.of()).at(record().version().nextEpoch());
        assertThat(table.upsert(newer).isApplied()).isTrue();
        return newer;
    }

    @Test
    void withdrawRenewAndReassert_ofAnOlderConnection_leaveTheNewer() {
        rows.claim(mine);
        Route newer = newerElsewhere();
        assertThat(rows.withdraw(KEY, "mine")).isEqualTo(Written.NOTHING);
        assertThat(rows.renew(mine)).isEqualTo(Written.NOTHING);
        assertThat(rows.reassert(mine)).isEqualTo(Written.NOTHING);
        assertThat(record()).isEqualTo(newer);
    }

    @Test
    void withdrawAndRenew_ofAnOlderConnectionHere_leaveTheNewer() {
        rows.claim(mine);
        Route newer = rows.claim(connection("newer")).route();
        assertThat(rows.withdraw(KEY, "mine")).isEqualTo(Written.NOTHING);
        assertThat(rows.renew(mine)).isEqualTo(Written.NOTHING);
        assertThat(record()).isEqualTo(newer);
    }

    @Test
    void claim_afterAnotherReplica_takesTheNextEpoch() {
        rows.claim(mine);
        newerElsewhere();
        Route claimed = rows.claim(connection("newest")).route();
        assertThat(record()).isEqualTo(claimed);
        assertThat(record().version()).isEqualTo(RouteVersion.of(2, 1));
    }

    @Test
    void reassert_afterASweep_outranksIt() {
        rows.claim(mine);
        table.takeAndDelete(record(), "ra");
        assertThat(rows.reassert(mine).isDone()).isTrue();
        assertThat(record().uid()).isEqualTo("mine");
        assertThat(record().version().epoch()).isEqualTo(2);
    }
}
