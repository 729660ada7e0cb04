package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.protocol.BadFrameException;
import io.sandgate.gateway.shard.protocol.Compression;
import java.net.URI;
import java.net.URISyntaxException;

/// Where and how a connection is opened: the address that the upstream named, with the version of the protocol and the
/// encoding. A RESUME needs the same ones as the IDENTIFY before it.
final class GatewayUrl {
    private static final String QUERY = "v=10&encoding=json";

    private GatewayUrl() {}

    static URI of(URI base, Compression compression) {
        String path = base.getRawPath() == null || base.getRawPath().isEmpty() ? "/" : base.getRawPath();
        String compress = compression.parameter().map(name -> "&compress=" + name).orElse("");
        return URI.create(base.getScheme() + "://" + base.getRawAuthority() + path + "?" + QUERY + compress);
    }

    static URI parse(String text) throws BadFrameException {
        try {
            URI url = new URI(text);
            if (url.getHost() != null && ("ws".equals(url.getScheme()) || "wss".equals(url.getScheme()))) {
                return url;
            }
        } catch (URISyntaxException e) {
            throw refused(text);
        }
        throw refused(text);
    }

    private static BadFrameException refused(String text) {
        return new BadFrameException("READY: resume_gateway_url: " + text.substring(0, Math.min(text.length(), 100))
                + " (expected: a URL that begins with wss:// or ws://)");
    }
}
