package io.sandgate.proxy.forward;

import io.sandgate.proxy.http1.BodyFramer;
import io.sandgate.proxy.http1.FieldLines;
import io.sandgate.proxy.http1.FieldName;
import io.sandgate.proxy.http1.RequestHead;
import org.jspecify.annotations.Nullable;

/// Decides by the head of a request what it is addressed to, or why it is not served. One for each connection, since a
/// client mostly asks for one host again and again; confined to its event loop.
final class RequestDecision {
    private static final int LONGEST_REMEMBERED = 256;

    private final Addressing addressing;
    private final byte[] host = new byte[LONGEST_REMEMBERED];
    private int hostLength;
    private Target.@Nullable Sandbox last;

    RequestDecision(Addressing addressing) {
        this.addressing = addressing;
    }

    /// Why a request is refused whatever it is addressed to, or null. Otherwise its body is framed.
    @Nullable
    Refusal refusal(RequestHead head, BodyFramer body) {
        FieldLines fields = head.fields();
        if (!isPlain(head)) {
            Refusal refusal = RequestRules.refusal(head.method(), head.isOld(), fields.values(FieldName.HOST),
                    fields.values(FieldName.TRANSFER_ENCODING), fields.values(FieldName.CONTENT_LENGTH),
                    fields.values(FieldName.CONNECTION), joined(fields, FieldName.EXPECT));
            if (refusal != null) {
                return refusal;
            }
        }
        return head.frame(body)
                ? null
                : Refusal.malformed("Content-Length: " + fields.value(FieldName.CONTENT_LENGTH)
                        + " (expected: a number of at most 18 digits)");
    }

    /// Whether the rules have nothing to find: one Host, at most one length, and none of the fields that they look into.
    private static boolean isPlain(RequestHead head) {
        FieldLines fields = head.fields();
        boolean framed = fields.count(FieldName.CONTENT_LENGTH) <= 1 && !fields.has(FieldName.TRANSFER_ENCODING);
        boolean kept = !fields.has(FieldName.CONNECTION)
                || (fields.count(FieldName.CONNECTION) == 1 && fields.isValue(FieldName.CONNECTION, "keep-alive"));
        boolean usual = head.isMethod("GET") || head.isMethod("POST") || head.isMethod("PUT")
                || head.isMethod("DELETE");
        return fields.count(FieldName.HOST) == 1 && framed && kept && usual && !fields.has(FieldName.EXPECT);
    }

    /// What a request that is not refused is addressed to.
    Target target(RequestHead head) {
        FieldLines fields = head.fields();
        Target.Sandbox before = last;
        if (before != null && head.isOriginForm() && fields.isValue(FieldName.HOST, host, hostLength)) {
            return before.at(head.target());
        }
        Target target = addressing.target(head.method(), head.target(), String.valueOf(fields.value(FieldName.HOST)),
                joined(fields, FieldName.SANDBOX_ID), joined(fields, FieldName.SANDBOX_PORT));
        if (target instanceof Target.Sandbox sandbox && sandbox.form() == Target.Form.HOST) {
            hostLength = fields.copyValue(FieldName.HOST, host);
            last = hostLength < 0 ? null : sandbox;
        }
        return target;
    }

    /// A field that may be there once; given twice, it is what no rule accepts.
    private static @Nullable String joined(FieldLines fields, FieldName name) {
        return fields.has(name) ? String.join(",", fields.values(name)) : null;
    }
}
