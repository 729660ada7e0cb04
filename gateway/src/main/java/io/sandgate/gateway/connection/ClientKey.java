package io.sandgate.gateway.connection;

import io.sandgate.proxy.route.RouteKey;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Optional;

/// A client of a team, whichever connection it has; immutable.
///
/// @param team whose client it is: not empty
/// @param client its id within the team: see [Names#isClient]
public record ClientKey(String team, String client) implements Comparable<ClientKey> {
    /// The namespace of the rows of connections.
    public static final String NAMESPACE = "client";

    /// No id of a sandbox has it, so that no request to one can name a row.
    private static final char MARK = '~';
    private static final HexFormat HEX = HexFormat.of();
    private static final Comparator<ClientKey> ORDER = Comparator.comparing(ClientKey::team)
            .thenComparing(ClientKey::client);

    public ClientKey {
        if (team.isEmpty()) {
            throw new IllegalArgumentException("team: (empty) (expected: the name of a team)");
        }
        if (!Names.isClient(client)) {
            throw new IllegalArgumentException("client: (expected: " + Names.EXPECTED_CLIENT + ")");
        }
    }

    /// Reads the name of a row; empty when it is none.
    static Optional<ClientKey> parse(String name) {
        int end = name.isEmpty() || name.charAt(0) != MARK ? -1 : name.indexOf(MARK, 1);
        if (end < 2 || !Names.isClient(name.substring(end + 1))) {
            return Optional.empty();
        }
        try {
            byte[] team = HEX.parseHex(name, 1, end);
            ClientKey key = new ClientKey(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(team)).toString(),
                    name.substring(end + 1));
            // one spelling only: two rows must not stand for one client
            return key.name().equals(name) ? Optional.of(key) : Optional.empty();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /// The name and id of its row: the team in hexadecimal digits, since it may have any character, and the client's id.
    String name() {
        return MARK + HEX.formatHex(team.getBytes(StandardCharsets.UTF_8)) + MARK + client;
    }

    /// The key of its row.
    RouteKey rowKey() {
        return new RouteKey(NAMESPACE, name());
    }

    /// By team, then by client.
    @Override
    public int compareTo(ClientKey other) {
        return ORDER.compare(this, other);
    }
}
