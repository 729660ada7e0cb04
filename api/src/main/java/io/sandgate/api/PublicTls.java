package io.sandgate.api;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.sandgate.api.settings.CertificateFiles;
import io.sandgate.api.settings.SettingsException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.SSLEngineOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Signature;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509KeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// TLS on the public listener, with a certificate from files. They are looked at now and then, and a certificate that was
/// renewed is shown to the next connections.
final class PublicTls {
    private static final Logger log = LoggerFactory.getLogger(PublicTls.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(30);
    private static final Set<String> PROTOCOLS = Set.of("TLSv1.3", "TLSv1.2");
    /// By the kind of a certificate's key.
    private static final Map<String, String> SIGNATURES = Map.of("EC", "SHA256withECDSA", "RSA", "SHA256withRSA");
    private static final String CERTIFICATE = "sandgate.public.tls-certificate: ";
    private static final String KEY = "sandgate.public.tls-key: ";

    private record Contents(Buffer certificate, Buffer key) {
        PemKeyCertOptions options() {
            return new PemKeyCertOptions().addCertValue(certificate).addKeyValue(key);
        }
    }

    private final Vertx vertx;
    private final CertificateFiles files;
    private final Duration lookEvery;
    private Contents shown;

    /// Reads the files.
    ///
    /// @throws SettingsException when they hold no certificate with its key
    PublicTls(Vertx vertx, CertificateFiles files) {
        this(vertx, files, LOOK_EVERY);
    }

    /// @param lookEvery how often the files are looked at
    PublicTls(Vertx vertx, CertificateFiles files, Duration lookEvery) {
        this.vertx = vertx;
        this.files = files;
        this.lookEvery = lookEvery;
        this.shown = read();
    }

    /// The same server over TLS. Which version of HTTP a client speaks is told by its first bytes: the handshake only says to it
    /// that it may speak either.
    HttpServerOptions apply(HttpServerOptions options) {
        return new HttpServerOptions(options).setSsl(true).setUseAlpn(false).setKeyCertOptions(shown.options())
                .setEnabledSecureTransportProtocols(PROTOCOLS).setSslEngineOptions(new Engine());
    }

    /// Looks at the files from now on, for a listener that was opened with these options.
    void watch(Listener listener) {
        vertx.setTimer(lookEvery.toMillis(), tick -> vertx.executeBlocking(this::read).onComplete(read -> {
            if (read.failed()) {
                log.warn("public.certificate_not_renewed error=\"{}\" (the one before is still shown)",
                        read.cause().getMessage());
            } else if (!read.result().equals(shown)) {
                shown = read.result();
                listener.show(new ServerSSLOptions().setKeyCertOptions(shown.options()).setUseAlpn(false)
                        .setEnabledSecureTransportProtocols(PROTOCOLS));
                log.info("public.certificate_renewed file={}", files.certificate());
            }
            // a look that hangs is not joined by others
            watch(listener);
        }));
    }

    private Contents read() {
        Contents contents = new Contents(bytes(CERTIFICATE, files.certificate()), bytes(KEY, files.key()));
        try {
            for (KeyManager each : contents.options().getKeyManagerFactory(vertx).getKeyManagers()) {
                requireFit((X509KeyManager) each);
            }
        } catch (Exception e) {
            throw new SettingsException(CERTIFICATE + files.certificate() + " with " + files.key() + ": "
                    + e.getMessage() + " (expected: PEM files with a certificate and its key, which is not encrypted)");
        }
        return contents;
    }

    /// Clients would end each handshake over a key that is another certificate's, as between the two steps of a renewal.
    private static void requireFit(X509KeyManager keys) throws GeneralSecurityException {
        for (Map.Entry<String, String> kind : SIGNATURES.entrySet()) {
            String[] aliases = keys.getServerAliases(kind.getKey(), null);
            for (String alias : aliases == null ? new String[0] : aliases) {
                Signature signature = Signature.getInstance(kind.getValue());
                signature.initSign(keys.getPrivateKey(alias));
                byte[] signed = signature.sign();
                signature.initVerify(keys.getCertificateChain(alias)[0]);
                if (!signature.verify(signed)) {
                    throw new InvalidKeyException("the key is that of another certificate");
                }
            }
        }
    }

    private static Buffer bytes(String setting, Path path) {
        try {
            return Buffer.buffer(Files.readAllBytes(path));
        } catch (IOException e) {
            throw new SettingsException(
                    setting + path + " cannot be read (expected: a PEM file that this user may read)");
        }
    }

    /// The JDK's TLS, which offers both versions of HTTP.
    private static final class Engine extends SSLEngineOptions {
        @Override
        public SSLEngineOptions copy() {
            return new Engine();
        }

        @Override
        public SslContextFactory sslContextFactory() {
            return new DefaultSslContextFactory(SslProvider.JDK, true) {
                @Override
                public SslContext create() throws SSLException {
                    useAlpn(true);
                    applicationProtocols(List.of("h2", "http/1.1"));
                    return super.create();
                }
            };
        }
    }
}
