package io.sandgate.api.connection;

import io.sandgate.gateway.connection.ticket.Ticket;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Set;

/// The body of a call for a ticket: `{"client":"u1","ttl":60,"rooms":["a"],"events":true}`; only the client is needed.
///
/// @param ttl seconds
record TicketOrder(String client, int ttl, Set<String> rooms, boolean events) {
    private static final String EXPECTED = "{\"client\":…} with \"ttl\", \"rooms\" and \"events\" where wanted";
    private static final Set<String> MEMBERS = Set.of("client", "ttl", "rooms", "events");
    private static final int STANDARD_TTL = 60;
    private static final int MAX_TTL = 600;
    /// As many as a connection may be in.
    private static final int MAX_ROOMS = 64;

    static TicketOrder parse(Buffer body) {
        JsonObject json;
        try {
            json = body.toJsonObject();
        } catch (DecodeException | ClassCastException e) {
            throw new BadRequestException("the body is not a JSON object (expected: " + EXPECTED + ")");
        }
        json.fieldNames().stream().filter(name -> !MEMBERS.contains(name)).findFirst().ifPresent(name -> {
            throw new BadRequestException(Parameters.shown(name) + ": not known (expected: " + EXPECTED + ")");
        });
        return new TicketOrder(client(json), ttl(json), rooms(json), events(json));
    }

    /// The ticket that is asked for.
    Ticket ticket(String team, String keyId, Instant now) {
        Instant expiresAt = now.plusSeconds(ttl);
        Instant whole = expiresAt.truncatedTo(ChronoUnit.SECONDS);
        // rounded up: it never holds for less than was asked
        return new Ticket(team, keyId, client, rooms, events, whole.isBefore(expiresAt) ? whole.plusSeconds(1) : whole);
    }

    private static String client(JsonObject json) {
        if (json.getValue("client") instanceof String client) {
            return Parameters.client(client);
        }
        throw new BadRequestException("client: missing, or not a text (expected: " + EXPECTED + ")");
    }

    private static int ttl(JsonObject json) {
        Object ttl = json.getValue("ttl", STANDARD_TTL);
        if (ttl instanceof Integer seconds && seconds >= 1 && seconds <= MAX_TTL) {
            return seconds;
        }
        throw new BadRequestException(
                "ttl: " + Parameters.shown(String.valueOf(ttl)) + " (expected: 1-" + MAX_TTL + " seconds)");
    }

    private static Set<String> rooms(JsonObject json) {
        Set<String> rooms = new HashSet<>();
        if (!(json.getValue("rooms", new JsonArray()) instanceof JsonArray array) || array.size() > MAX_ROOMS) {
            throw new BadRequestException("rooms: not a list, or too long (expected: at most " + MAX_ROOMS + " rooms)");
        }
        for (Object each : array) {
            if (!(each instanceof String room)) {
                throw new BadRequestException("rooms: one is not a text (expected: a list of rooms)");
            }
            rooms.add(Parameters.room(room));
        }
        return rooms;
    }

    private static boolean events(JsonObject json) {
        if (json.getValue("events", false) instanceof Boolean events) {
            return events;
        }
        throw new BadRequestException("events: not a boolean (expected: true or false)");
    }
}
