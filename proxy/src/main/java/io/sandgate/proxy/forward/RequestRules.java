package io.sandgate.proxy.forward;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What any request on the public listener must satisfy before anything is decided by it: one Host, framing that two
/// parsers cannot read differently, no method and no expectation that a gateway cannot serve.
final class RequestRules {

    /// Fields that a client must not have removed on the way by naming them in Connection.
    private static final Set<String> END_TO_END = Set.of("host", "content-length", "content-type", "authorization",
            "cookie", "origin", "expect", "forwarded", "x-access-token", "x-api-key");

    private RequestRules() {}

    /// Why a request is refused, or null when it is not.
    ///
    /// @param oldHttp whether it is HTTP/1.0
    /// @param hosts the values of all Host fields
    /// @param codings the values of all Transfer-Encoding fields
    /// @param lengths the values of all Content-Length fields
    /// @param connection the values of all Connection fields
    /// @param expect the Expect field, or null
    static @Nullable Refusal refusal(String method, boolean oldHttp, List<String> hosts, List<String> codings,
            List<String> lengths, List<String> connection, @Nullable String expect) {
        if (method.equals("CONNECT") || method.equals("TRACE")) {
            return Refusal.of(405, Refusal.Reason.METHOD,
                    "method: " + method + " (expected: one that a server answers)",
                    "");
        }
        if (hosts.size() != 1) {
            return Refusal.malformed("Host: " + hosts.size() + " of them (expected: exactly one)");
        }
        if (!codings.isEmpty()) {
            if (codings.size() > 1 || !codings.getFirst().equalsIgnoreCase("chunked") || oldHttp) {
                return Refusal.malformed("Transfer-Encoding: " + String.join(", ", codings)
                        + " (expected: chunked or none, and none in HTTP/1.0)");
            }
            if (!lengths.isEmpty()) {
                return Refusal.malformed("Content-Length beside Transfer-Encoding (expected: one of them)");
            }
        }
        if (lengths.size() > 1) {
            return Refusal.malformed("Content-Length: " + lengths.size() + " of them (expected: at most one)");
        }
        for (String field : connection) {
            String option = endToEnd(field);
            if (option != null) {
                return Refusal.malformed("Connection: " + option + " (expected: no end-to-end field)");
            }
        }
        if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
            return Refusal.of(417, Refusal.Reason.EXPECTATION, "Expect: " + expect + " (expected: 100-continue)", "");
        }
        return null;
    }

    private static @Nullable String endToEnd(String connection) {
        for (String option : FieldRules.options(connection)) {
            String lower = option.toLowerCase(Locale.ROOT);
            if (END_TO_END.contains(lower) || lower.startsWith("e2b-") || lower.startsWith("x-forwarded-")) {
                return option;
            }
        }
        return null;
    }
}
