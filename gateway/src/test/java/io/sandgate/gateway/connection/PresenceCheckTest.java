package io.sandgate.gateway.connection;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Origin;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What the log says of who is there, after nobody looked for a while.
class PresenceCheckTest {
    private final List<Event> said = new ArrayList<>();
    private final RouteTable table = new RouteTable(RouteTable.Limits.DEFAULT,
            AddressRanges.of(List.of("127.0.0.0/8")), () -> 0);
    private final Presence presence = new Presence(event -> {
        said.add(event);
        return CompletableFuture.completedStage(new Cursor("e", said.size()));
    }, () -> Instant.EPOCH);
    private final Roster roster = new Roster(presence, new ConnectionMeters(new SimpleMeterRegistry()));

    private void row(String client, String connection, String... rooms) {
        table.upsert(new ClientRow(new ClientKey("t", client), connection, "ra", 1, 1, List.of(rooms))
                .at(RouteVersion.of(0, 1)));
    }

    private static Entry told(String kind, String subject, String data) {
        Event event = new Event(kind, subject, false, Instant.EPOCH, "", "t", Map.of(), data, Event.Reach.REPLICA);
        return new Entry(1, event, new Origin("ra", new Cursor("e", 1)), Buffer.buffer());
    }

    @Test
    void state_thatTheRowsContradict_isCorrectedAndNothingElseIsSaid() {
        row("same", "c1", "red");
        row("new", "c2", "red");
        row("other", "c4");
        roster.follow(table, key -> {});
        said.clear();
        FakeReader log = new FakeReader(List.of(
                told("client.connected", "client/t/same", "{\"client\":\"same\",\"connection\":\"c1\"}"),
                told("room.joined", "room/t/red/same", "{\"room\":\"red\",\"client\":\"same\",\"connection\":\"c1\"}"),
                told("client.connected", "client/t/gone", "{\"client\":\"gone\",\"connection\":\"c0\"}"),
                told("room.joined", "room/t/red/gone", "{\"room\":\"red\",\"client\":\"gone\",\"connection\":\"c0\"}"),
                told("room.joined", "room/t/blue/same",
                        "{\"room\":\"blue\",\"client\":\"same\",\"connection\":\"c1\"}"),
                told("client.connected", "client/t/other", "{\"client\":\"other\",\"connection\":\"c3\"}")));

        new PresenceCheck(table, roster, presence, log, Runnable::run).run();

        assertThat(said).extracting(event -> event.kind() + " " + event.subject() + " " + event.last())
                .containsExactlyInAnyOrder("client.disconnected client/t/gone true", "room.left room/t/red/gone true",
                        "room.left room/t/blue/same true", "client.connected client/t/new false",
                        "room.joined room/t/red/new false", "client.connected client/t/other false");
        assertThat(said).filteredOn(event -> event.subject().equals("client/t/gone")).singleElement()
                .satisfies(event -> assertThat(event.data()).contains("\"connection\":\"c0\"", "\"reason\":\"found\""));
    }
}
