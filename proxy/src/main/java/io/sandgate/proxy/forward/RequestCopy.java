package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.ssl.SslHandler;
import io.sandgate.proxy.http1.FieldLines;
import io.sandgate.proxy.http1.FieldName;
import io.sandgate.proxy.http1.Kept;
import io.sandgate.proxy.http1.RequestHead;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/// Writes the head of a request as the sandbox gets it. Host passes unchanged in every form of address unless the sandbox has one
/// of its own, and so do the routing fields, as with E2B.
final class RequestCopy {
    private static final int ADDED = 1024;

    private RequestCopy() {}

    /// Whether the sandbox gets the head just as it came.
    ///
    /// @param host that the sandbox sees, or empty for the client's
    static boolean isNone(RequestHead head, Target.Sandbox target, String host, boolean upgrade,
            ForwardedFields forwarded) {
        return !upgrade && host.isEmpty() && forwarded == ForwardedFields.NONE && !head.isOld() && head.isOriginForm()
                && target.form() != Target.Form.PATH && FieldRules.passesWholeToSandbox(head.fields());
    }

    /// @param host that the sandbox sees, or empty for the client's
    /// @param client the connection that the request came over
    /// @param upgrade whether the request goes on as one for an upgrade
    static ByteBuf write(RequestHead head, Target.Sandbox target, String host, Channel client, boolean upgrade,
            ForwardedFields forwarded, int length) {
        FieldLines fields = head.fields();
        ByteBuf out = client.alloc().directBuffer(length + ADDED);
        head.writeLine(out, target.form() == Target.Form.PATH || !head.isOriginForm() ? target.uri() : null);
        Kept kept = FieldRules.toSandbox(fields);
        if (host.isEmpty()) {
            head.writeFields(out, kept);
        } else {
            add(out, "Host", host);
            head.writeFields(out,
                    (lines, line) -> lines.name(line) != FieldName.HOST && kept.keeps(lines, line));
            if (forwarded != ForwardedFields.X_FORWARDED) {
                add(out, "X-Forwarded-Host", String.valueOf(fields.value(FieldName.HOST)));
            }
        }
        if (upgrade) {
            add(out, "Connection", "Upgrade");
            add(out, "Upgrade", String.join(", ", fields.values(FieldName.UPGRADE)));
        } else if (fields.has(FieldName.TE) && FieldRules.has(fields.values(FieldName.TE), "trailers")) {
            add(out, "Connection", "TE");
            add(out, "TE", "trailers");
        }
        switch (forwarded) {
            case X_FORWARDED -> addXForwarded(out, fields, target, client);
            case FORWARDED -> add(out, "Forwarded", forwarded(fields, client));
            case NONE -> {
            }
        }
        return out.writeByte('\r').writeByte('\n');
    }

    private static void addXForwarded(ByteBuf out, FieldLines fields, Target.Sandbox target, Channel client) {
        if (client.remoteAddress() instanceof InetSocketAddress address) {
            add(out, "X-Forwarded-For", address.getAddress().getHostAddress());
        }
        add(out, "X-Forwarded-Proto", isSecure(client) ? "https" : "http");
        add(out, "X-Forwarded-Host", String.valueOf(fields.value(FieldName.HOST)));
        if (!target.prefix().isEmpty()) {
            add(out, "X-Forwarded-Prefix", target.prefix());
        }
    }

    /// RFC 7239, 4; an address of IPv6 is in brackets, and so in quotes.
    private static String forwarded(FieldLines fields, Channel client) {
        String known = "";
        if (client.remoteAddress() instanceof InetSocketAddress address) {
            String literal = address.getAddress().getHostAddress();
            known = "for=" + (literal.indexOf(':') < 0 ? literal : "\"[" + literal + "]\"") + ";";
        }
        return known + "host=\"" + fields.value(FieldName.HOST) + "\";proto=" + (isSecure(client) ? "https" : "http");
    }

    private static boolean isSecure(Channel client) {
        Channel connection = client instanceof Http2StreamChannel ? client.parent() : client;
        return connection.pipeline().get(SslHandler.class) != null;
    }

    private static void add(ByteBuf out, String name, String value) {
        out.writeCharSequence(name, StandardCharsets.US_ASCII);
        out.writeByte(':').writeByte(' ');
        out.writeCharSequence(value, StandardCharsets.ISO_8859_1);
        out.writeByte('\r').writeByte('\n');
    }
}
