package io.sandgate.proxy.forward;

import io.sandgate.proxy.http1.BodyFramer;
import io.sandgate.proxy.http1.FieldLines;
import io.sandgate.proxy.http1.FieldName;
import io.sandgate.proxy.http1.RequestHead;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What is remembered of a request's head when another one is read.
///
/// @param token the traffic token that it carries, or null
/// @param protocols what else it asks for that may be tunnelled; mostly nothing
/// @param expectsContinue whether its client waits to be told to send the body
/// @param idempotent whether it may be sent twice
/// @param toHead whether it is a HEAD, whose answer has no body
/// @param old whether it is HTTP/1.0
/// @param close whether the client wants its connection closed
record RequestFacts(@Nullable String token, List<String> protocols, boolean expectsContinue, boolean idempotent,
        boolean toHead, boolean old, boolean close) {

    /// @param body the framing of the body that follows
    static RequestFacts of(RequestHead head, BodyFramer body) {
        FieldLines fields = head.fields();
        boolean idempotent = head.isMethod("GET") || head.isMethod("HEAD") || head.isMethod("OPTIONS")
                || head.isMethod("PUT") || head.isMethod("DELETE");
        return new RequestFacts(
                fields.has(FieldName.TRAFFIC_TOKEN) ? fields.values(FieldName.TRAFFIC_TOKEN).getFirst() : null,
                protocols(head, body),
                fields.has(FieldName.EXPECT) && !head.isOld(), idempotent, head.isMethod("HEAD"), head.isOld(),
                head.isOld() || FieldRules.isConnection(fields, "close"));
    }

    /// Whether it is a call of gRPC or Connect, whose client may be silent for long between two messages.
    static boolean isStreamed(RequestHead head) {
        String type = String.valueOf(head.fields().valueOf("content-type")).toLowerCase(Locale.ROOT);
        return type.startsWith("application/grpc") || type.startsWith("application/connect+");
    }

    /// Any but HTTP/2, and without a body before it. Others are forwarded without the question, which a server may ignore
    /// anyway.
    private static List<String> protocols(RequestHead head, BodyFramer body) {
        FieldLines fields = head.fields();
        if (!fields.has(FieldName.UPGRADE) || !head.isMethod("GET") || head.isOld() || !body.isComplete()
                || !FieldRules.isConnection(fields, "upgrade")) {
            return List.of();
        }
        List<String> protocols = fields.values(FieldName.UPGRADE);
        return FieldRules.has(protocols, "h2c") || FieldRules.has(protocols, "h2") ? List.of() : protocols;
    }

    /// Whether it asks for another protocol.
    boolean upgrade() {
        return !protocols.isEmpty();
    }

    /// Whether an answer names WebSocket alone.
    static boolean isWebSocket(List<String> answered) {
        List<String> names = answered.stream().flatMap(list -> FieldRules.options(list).stream()).toList();
        return names.size() == 1 && "websocket".equalsIgnoreCase(names.getFirst());
    }

    /// Whether it asks for each protocol that an answer names.
    boolean asksFor(List<String> answered) {
        return answered.stream().flatMap(list -> FieldRules.options(list).stream())
                .allMatch(protocol -> FieldRules.has(protocols, protocol));
    }
}
