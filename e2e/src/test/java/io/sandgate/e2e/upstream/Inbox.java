package io.sandgate.e2e.upstream;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What one client sends: counted, measured, decoded, and given to who answers it. Confined to the loop.
final class Inbox {
    private final UpstreamState state;
    private final Connection connection;
    private final SendBudget budget = new SendBudget();

    Inbox(UpstreamState state, Connection connection) {
        this.state = state;
        this.connection = connection;
    }

    void receive(String text) {
        if (!connection.isOpen()) {
            return;
        }
        long now = state.now();
        UpstreamRules rules = state.rules();
        if (!budget.take(now, rules.sendLimit(), rules.sendWindow().toNanos())) {
            connection.offend(Rule.SEND_RATE, "more than " + rules.sendLimit() + " messages in " + rules.sendWindow());
            return;
        }
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > UpstreamRules.MAX_PAYLOAD) {
            connection.offend(Rule.PAYLOAD_SIZE,
                    bytes + " bytes (expected: at most " + UpstreamRules.MAX_PAYLOAD + ")");
            return;
        }
        JsonObject message = decode(text);
        if (message == null || !(message.getValue("op") instanceof Integer opcode)) {
            connection.offend(Rule.DECODE, "a message without an opcode");
            return;
        }
        answer(opcode, message.getValue("d"), now);
    }

    void receiveBinary() {
        if (connection.isOpen()) {
            connection.offend(Rule.DECODE, "a binary message (expected: text)");
        }
    }

    private void answer(int opcode, @Nullable Object data, long now) {
        switch (opcode) {
            case 1 -> heartbeat(data, now);
            case 2, 6 -> start(opcode, data, now);
            case 3, 4, 31, 43 -> live();
            case 8 -> live().ifPresent(session -> {
                if (data instanceof JsonObject request) {
                    new MemberList(state, connection, session).request(request, now);
                } else {
                    connection.offend(Rule.DECODE, "op 8 without an object");
                }
            });
            default -> connection.offend(Rule.UNKNOWN_OPCODE, "op " + opcode);
        }
    }

    private void heartbeat(@Nullable Object sequence, long now) {
        if (sequence != null && !(sequence instanceof Number)) {
            connection.offend(Rule.DECODE, "a heartbeat with " + sequence + " (expected: a number or null)");
            return;
        }
        Optional<Session> session = connection.session();
        if (sequence instanceof Number number && session.isPresent() && number.longValue() > session.get().last()) {
            connection.offend(Rule.SEQUENCE_TOO_HIGH,
                    "a heartbeat with " + number + " (expected: at most " + session.get().last() + ")");
            return;
        }
        connection.heartbeat(now);
    }

    private void start(int opcode, @Nullable Object data, long now) {
        if (connection.isAuthenticated()) {
            connection.offend(Rule.ALREADY_AUTHENTICATED, "op " + opcode + " once more");
        } else if (!(data instanceof JsonObject start)) {
            connection.offend(Rule.DECODE, "op " + opcode + " without an object");
        } else if (!state.isToken(start.getString("token", ""))) {
            connection.offend(Rule.AUTHENTICATION, "op " + opcode + " with a wrong token");
        } else if (opcode == 2) {
            new Identification(state, connection).identify(start, now);
        } else {
            new Resumption(state, connection).resume(start, now);
        }
    }

    /// The session, without which all but the start of one is an offence.
    private Optional<Session> live() {
        if (connection.session().isEmpty() && !connection.wasInvalidated()) {
            connection.offend(Rule.NOT_AUTHENTICATED, "a message before there is a session");
        }
        return connection.session();
    }

    private static @Nullable JsonObject decode(String text) {
        try {
            return new JsonObject(text);
        } catch (DecodeException e) {
            return null;
        }
    }
}
