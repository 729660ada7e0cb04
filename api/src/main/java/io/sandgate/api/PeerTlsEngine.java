package io.sandgate.api;

import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.net.SSLEngineOptions;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/// The JDK's TLS, with two additions: it tells who failed a handshake and why, which the server itself does not, and it
/// takes no earlier session up again, since that would skip the check of the certificates.
///
/// The arithmetic of a handshake runs on worker threads, so that a flood of them does not delay what else the event loop
/// serves.
final class PeerTlsEngine extends SSLEngineOptions {
    /// The shortest life of a session; zero would be without end.
    private static final int SESSION_SECONDS = 1;

    private final BiConsumer<String, Throwable> failures;

    /// @param failures takes the address of the other end and what went wrong
    PeerTlsEngine(BiConsumer<String, Throwable> failures) {
        this.failures = failures;
        setUseWorkerThread(true);
    }

    @Override
    public SSLEngineOptions copy() {
        return new PeerTlsEngine(failures);
    }

    @Override
    public SslContextFactory sslContextFactory() {
        return new DefaultSslContextFactory(SslProvider.JDK, false) {
            @Override
            public SslContext create() throws SSLException {
                SslContext context = super.create();
                context.sessionContext().setSessionTimeout(SESSION_SECONDS);
                return new Watched(context);
            }
        };
    }

    private final class Watched extends DelegatingSslContext {
        Watched(SslContext context) {
            super(context);
        }

        @Override
        protected void initEngine(SSLEngine engine) {}

        @Override
        protected void initHandler(SslHandler handler) {
            handler.handshakeFuture().addListener(handshake -> {
                if (!handshake.isSuccess()) {
                    failures.accept(String.valueOf(handler.engine().getPeerHost()), handshake.cause());
                }
            });
        }
    }
}
