package io.sandgate.gateway.connection;

import io.sandgate.proxy.route.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Clients that connect, reconnect elsewhere, close late and talk, while replicas are killed, paused and cut off.
class ConnectionsSimulationTest {
    private static final int STEPS = 250;
    private static final List<String> ROOMS = List.of("red", "green");

    private final List<FakeSocket> all = new ArrayList<>();
    private final Map<ClientKey, FakeSocket> current = new HashMap<>();
    private final Map<ClientKey, SimReplica> where = new HashMap<>();
    private final Map<String, String> connectionOf = new HashMap<>();

    private void connect(SimCluster cluster, ClientKey key, SimReplica to) {
        FakeSocket former = current.get(key);
        SimReplica formerAt = where.get(key);
        FakeSocket socket = to.connect(key);
        all.add(socket);
        current.put(key, socket);
        where.put(key, to);
        if (former != null && formerAt != null) {
            formerAt.closeLate(former, Duration.ofMillis(cluster.random.nextInt(3_000)));
        }
    }

    private void step(SimCluster cluster, List<ClientKey> clients) {
        SimReplica replica = cluster.at(cluster.random.nextInt(cluster.replicas.size()));
        ClientKey key = clients.get(cluster.random.nextInt(clients.size()));
        int what = cluster.random.nextInt(100);
        if (what < 35 && replica.serves()) {
            connect(cluster, key, replica);
        } else if (what < 45) {
            FakeSocket socket = current.remove(key);
            SimReplica at = where.remove(key);
            if (socket != null && at != null) {
                at.closeLate(socket, Duration.ofMillis(cluster.random.nextInt(500)));
            }
        } else if (what < 65 && replica.serves()) {
            replica.connections.send(key, "\"" + key.client() + "\"").thenAccept(outcome -> {
                if (outcome instanceof Outcome.Delivered done) {
                    connectionOf.put(done.id(), done.connection());
                }
            });
        } else if (what < 78 && replica.serves()) {
            String room = ROOMS.get(cluster.random.nextInt(ROOMS.size()));
            if (cluster.random.nextInt(3) == 0) {
                replica.connections.leave(key, room);
            } else {
                replica.connections.join(key, room);
            }
        } else if (what < 84 && replica.serves()) {
            replica.connections.broadcast(key.team(), ROOMS.get(0), "1");
        } else if (what < 86) {
            replica.kill();
        } else if (what < 88) {
            replica.away(SimReplica.Status.PAUSED);
        } else if (what < 90) {
            replica.away(SimReplica.Status.CUT_OFF);
        } else {
            replica.comeBack();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 60})
    void anySchedule_endsWithOneConnectionPerClientEverywhere(int first) {
        for (int seed = first; seed < first + 8; seed++) {
            run(seed);
        }
    }

    private void run(long seed) {
        all.clear();
        current.clear();
        where.clear();
        connectionOf.clear();
        SimCluster cluster = new SimCluster(seed, 3);
        cluster.loss = seed % 4 == 0 ? 0 : 0.15;
        List<ClientKey> clients = List.of(new ClientKey("a", "one"), new ClientKey("a", "two"),
                new ClientKey("a", "three"), new ClientKey("b", "one"));
        for (int i = 0; i < STEPS; i++) {
            step(cluster, clients);
            cluster.loop.run(Duration.ofMillis(cluster.random.nextInt(cluster.random.nextInt(4) == 0 ? 2_000 : 40)));
        }
        cluster.calm();
        check(cluster, "seed " + seed);
    }

    private void check(SimCluster cluster, String as) {
        Set<Route> rows = new HashSet<>(cluster.at(0).all());
        for (SimReplica replica : cluster.replicas.values()) {
            assertThat(replica.all()).as("%s: rows of %s", as, replica.id).containsExactlyInAnyOrderElementsOf(rows);
            assertThat(replica.told()).as("%s: events of %s", as, replica.id).isEqualTo(replica.present());
        }
        for (Route row : rows) {
            SimReplica owner = cluster.replica(row.authority());
            assertThat(owner).as(as).isNotNull();
            FakeSocket socket = owner.sockets.get(row.uid());
            assertThat(socket).as("%s: socket of %s", as, row).isNotNull();
            assertThat(socket.isOpen()).as("%s: %s is open", as, row).isTrue();
        }
        assertThat(cluster.openSockets().stream().map(socket -> socket.held().connectionId()))
                .as("%s: open sockets", as)
                .containsExactlyInAnyOrderElementsOf(rows.stream().map(Route::uid).toList());
        Map<String, String> socketOf = new HashMap<>();
        for (FakeSocket socket : all) {
            assertThat(socket.frames).as("%s: nothing twice", as).doesNotHaveDuplicates();
            socket.frames.forEach(frame -> socketOf.put(frame.substring(24, 48), socket.held().connectionId()));
        }
        Set<String> wrong = connectionOf.entrySet().stream()
                .filter(each -> !each.getValue().equals(socketOf.get(each.getKey()))).map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        assertThat(wrong).as("%s: delivered is what the socket of that connection has", as).isEmpty();
    }

    @Test
    void lateCloseOfAnOlderConnection_leavesTheNewerRow() {
        SimCluster cluster = new SimCluster(1, 2);
        ClientKey key = new ClientKey("a", "u1");
        FakeSocket first = cluster.at(0).connect(key);
        cluster.loop.run(Duration.ofMillis(100));
        FakeSocket second = cluster.at(1).connect(key);
        // the second's row has not arrived at the first's replica
        first.held().closed();
        cluster.loop.run(Duration.ofMillis(100));
        assertThat(cluster.at(0).connections.find(key)).hasValueSatisfying(
                view -> assertThat(view.connection()).isEqualTo(second.held().connectionId()));
        assertThat(cluster.at(1).connections.find(key)).isEqualTo(cluster.at(0).connections.find(key));
        assertThat(second.isOpen()).isTrue();
    }

    @Test
    void reconnectThereAndBack_endsWithTheLast() {
        SimCluster cluster = new SimCluster(2, 2);
        ClientKey key = new ClientKey("a", "u1");
        FakeSocket first = cluster.at(0).connect(key);
        cluster.loop.run(Duration.ofMillis(100));
        FakeSocket second = cluster.at(1).connect(key);
        cluster.loop.run(Duration.ofMillis(100));
        FakeSocket third = cluster.at(0).connect(key);
        first.held().closed();
        second.held().closed();
        cluster.loop.run(Duration.ofSeconds(5));
        assertThat(first.closedWith).isEqualTo(4010);
        assertThat(cluster.at(1).connections.find(key)).hasValueSatisfying(
                view -> assertThat(view.connection()).isEqualTo(third.held().connectionId()));
        assertThat(third.isOpen()).isTrue();
    }

    @Test
    void twoAtOnce_oneStaysAndTheOtherIsClosed() {
        SimCluster cluster = new SimCluster(3, 2);
        ClientKey key = new ClientKey("a", "u1");
        FakeSocket one = cluster.at(0).connect(key);
        FakeSocket other = cluster.at(1).connect(key);
        cluster.loop.run(Duration.ofSeconds(5));
        assertThat(List.of(one.closedWith, other.closedWith)).containsExactlyInAnyOrder(0, 4010);
        assertThat(cluster.at(0).all()).isEqualTo(cluster.at(1).all()).hasSize(1);
    }

    @Test
    void sweptWhilePaused_isAssertedAgain() {
        SimCluster cluster = new SimCluster(4, 3);
        ClientKey key = new ClientKey("a", "u1");
        FakeSocket socket = cluster.at(0).connect(key);
        cluster.loop.run(Duration.ofMillis(100));
        cluster.at(0).away(SimReplica.Status.PAUSED);
        cluster.loop.run(Duration.ofSeconds(8));
        assertThat(cluster.at(1).connections.find(key)).as("swept").isEmpty();
        cluster.at(0).comeBack();
        cluster.loop.run(Duration.ofSeconds(8));
        assertThat(cluster.at(1).connections.find(key)).isPresent();
        assertThat(cluster.at(2).connections.find(key)).isPresent();
        assertThat(socket.isOpen()).isTrue();
        assertThat(cluster.at(0).meters.counter("sandgate.connections.reasserted").count()).isEqualTo(1);
    }

    @Test
    void pausedWhileItsClientWentElsewhere_closesItsOwn() {
        SimCluster cluster = new SimCluster(5, 3);
        ClientKey key = new ClientKey("a", "u1");
        // the one with the largest id: where epochs are equal it would win
        FakeSocket old = cluster.at(2).connect(key);
        cluster.loop.run(Duration.ofMillis(100));
        cluster.at(2).away(SimReplica.Status.PAUSED);
        cluster.loop.run(Duration.ofSeconds(8));
        FakeSocket newer = cluster.at(0).connect(key);
        cluster.at(2).comeBack();
        cluster.loop.run(Duration.ofSeconds(8));
        assertThat(old.closedWith).isEqualTo(4010);
        assertThat(newer.isOpen()).isTrue();
        assertThat(cluster.at(2).connections.find(key)).hasValueSatisfying(
                view -> assertThat(view.connection()).isEqualTo(newer.held().connectionId()));
    }

    @Test
    void restartedReplica_getsItsClientBackAtOnceThoughPeersRememberTheOldRow() {
        SimCluster cluster = new SimCluster(6, 2);
        ClientKey key = new ClientKey("a", "u1");
        cluster.at(1).connect(key);
        cluster.loop.run(Duration.ofMillis(100));
        // in a later epoch than a replica that has forgotten begins with
        FakeSocket first = cluster.at(0).connect(key);
        cluster.loop.run(Duration.ofMillis(100));
        first.held().closed();
        cluster.loop.run(Duration.ofMillis(100));
        cluster.at(0).kill();
        cluster.at(0).start();
        cluster.loop.run(Duration.ofMillis(500));
        cluster.at(0).connect(key);
        cluster.loop.run(Duration.ofSeconds(1));
        assertThat(cluster.at(1).connections.find(key)).isPresent().isEqualTo(cluster.at(0).connections.find(key));
    }

    @Test
    void deadReplica_isLeftByItsClientsEverywhere() {
        SimCluster cluster = new SimCluster(7, 3);
        ClientKey key = new ClientKey("a", "u1");
        cluster.at(2).connect(key).held().join("red");
        cluster.loop.run(Duration.ofMillis(100));
        cluster.at(2).kill();
        cluster.loop.run(Duration.ofSeconds(8));
        for (int i = 0; i < 2; i++) {
            assertThat(cluster.at(i).events).extracting("kind").containsExactly("client.connected", "room.joined",
                    "room.left", "client.disconnected");
            assertThat(cluster.at(i).connections.room("a", "red")).isEmpty();
        }
    }
}
