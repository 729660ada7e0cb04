package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import javax.net.ssl.SSLException;

/// TLS towards sandboxes. What a sandbox is, its address says; a certificate that it made for itself adds nothing, and is
/// not verified.
final class SandboxTls {
    private static final SslContext HTTP1 = context(ApplicationProtocolNames.HTTP_1_1);
    private static final SslContext HTTP2 = context(ApplicationProtocolNames.HTTP_2);

    private SandboxTls() {}

    static SslHandler handler(ByteBufAllocator allocator, boolean http2) {
        return (http2 ? HTTP2 : HTTP1).newHandler(allocator);
    }

    /// Whether the sandbox agreed to the protocol that it will be spoken to in.
    static boolean isAgreed(SslHandler handler, boolean http2) {
        return !http2 || ApplicationProtocolNames.HTTP_2.equals(handler.applicationProtocol());
    }

    private static SslContext context(String protocol) {
        try {
            return SslContextBuilder.forClient().sslProvider(SslProvider.JDK)
                    .trustManager(InsecureTrustManagerFactory.INSTANCE).endpointIdentificationAlgorithm(null)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT, protocol))
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("no TLS in this Java", e);
        }
    }
}
