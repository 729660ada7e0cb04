package io.sandgate.api.connection;

import io.sandgate.gateway.connection.ClientKey;
import io.sandgate.gateway.connection.Names;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Reads what paths and queries say; throws [BadRequestException].
final class Parameters {
    static final int MAX_LIMIT = 1000;

    private static final int STANDARD_LIMIT = 100;
    private static final int SHOWN = 64;

    private Parameters() {}

    /// The client that the path names.
    static ClientKey client(RoutingContext context, String team) {
        return new ClientKey(team, client(Objects.requireNonNull(context.pathParam("client"))));
    }

    /// A client id, as it is.
    static String client(String text) {
        if (!Names.isClient(text)) {
            throw new BadRequestException(
                    "client: " + shown(text) + " (expected: " + Names.EXPECTED_CLIENT + ")");
        }
        return text;
    }

    /// The room that the path names.
    static String room(RoutingContext context) {
        return room(Objects.requireNonNull(context.pathParam("room")));
    }

    /// A room, as it is.
    static String room(String text) {
        if (!Names.isRoom(text)) {
            throw new BadRequestException(
                    "room: " + shown(text) + " (expected: " + Names.EXPECTED_ROOM + ")");
        }
        return text;
    }

    /// The only value of a parameter in the query.
    static Optional<String> query(RoutingContext context, String name) {
        List<String> values = context.queryParam(name);
        if (values.size() > 1) {
            throw new BadRequestException(name + ": " + values.size() + " values (expected: one)");
        }
        return values.stream().findFirst();
    }

    /// How many are asked for.
    static int limit(RoutingContext context) {
        return query(context, "limit").map(text -> {
            int limit = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
            if (limit < 1 || limit > MAX_LIMIT) {
                throw new BadRequestException("limit: " + shown(text) + " (expected: 1-" + MAX_LIMIT + ")");
            }
            return limit;
        }).orElse(STANDARD_LIMIT);
    }

    static String shown(String text) {
        return text.isEmpty() ? "(empty)" : text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
