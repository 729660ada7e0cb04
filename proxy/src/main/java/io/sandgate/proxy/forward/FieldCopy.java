package io.sandgate.proxy.forward;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Copies the header fields of a request or an answer to the other side, less those that [FieldRules] keep back.
///
/// Host passes unchanged in every form of address, and so do the routing fields, as with E2B.
final class FieldCopy {

    private static final String FORWARDED = "X-Forwarded-";

    private FieldCopy() {}

    /// The fields of a request for the sandbox.
    ///
    /// @param upgrade whether the request is forwarded as one for an upgrade
    static void toSandbox(HttpServerRequest request, Target.Sandbox target, boolean upgrade, boolean forwardedFields,
            MultiMap fields) {
        MultiMap received = request.headers();
        List<String> connection = received.getAll(HttpHeaders.CONNECTION);
        Set<String> named = FieldRules.named(connection);
        for (Map.Entry<String, String> field : received) {
            if (FieldRules.passesToSandbox(field.getKey().toLowerCase(Locale.ROOT), named)) {
                fields.add(field.getKey(), field.getValue());
            }
        }
        if (upgrade) {
            fields.set(HttpHeaders.CONNECTION, HttpHeaders.UPGRADE);
            fields.set(HttpHeaders.UPGRADE, String.join(", ", received.getAll(HttpHeaders.UPGRADE)));
        } else if (FieldRules.has(received.getAll("te"), "trailers")) {
            fields.set(HttpHeaders.CONNECTION, "TE");
            fields.set("TE", "trailers");
        }
        if (forwardedFields) {
            addForwarded(request, target, fields);
        }
    }

    private static void addForwarded(HttpServerRequest request, Target.Sandbox target, MultiMap fields) {
        fields.set(FORWARDED + "For", request.remoteAddress().hostAddress());
        fields.set(FORWARDED + "Proto", request.isSSL() ? "https" : "http");
        String host = request.getHeader(HttpHeaders.HOST);
        if (host != null) {
            fields.set(FORWARDED + "Host", host);
        }
        if (!target.prefix().isEmpty()) {
            fields.set(FORWARDED + "Prefix", target.prefix());
        }
    }

    /// The fields or trailers of an answer for the client.
    static void toClient(MultiMap received, MultiMap fields) {
        Set<String> named = FieldRules.named(received.getAll(HttpHeaders.CONNECTION));
        for (Map.Entry<String, String> field : received) {
            if (FieldRules.passesToClient(field.getKey().toLowerCase(Locale.ROOT), named)) {
                fields.add(field.getKey(), field.getValue());
            }
        }
    }
}
