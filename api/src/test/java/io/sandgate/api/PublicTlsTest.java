package io.sandgate.api;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sandgate.api.settings.CertificateFiles;
import io.sandgate.api.settings.SettingsException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// What the public listener shows in handshakes, and what it makes of its files.
class PublicTlsTest {
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final String HOST = "127.0.0.1";

    @TempDir
    private Path directory = Path.of("");

    private final Vertx vertx = Vertx.vertx();
    private final Logger logger = (Logger) LoggerFactory.getLogger(PublicTls.class);
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent event) {
            log.add(event.getLevel() + " " + event.getFormattedMessage());
        }
    };
    private CertificateFiles files = new CertificateFiles(directory, directory);

    @BeforeEach
    void prepare() {
        files = new CertificateFiles(directory.resolve("public.pem"), directory.resolve("public.key"));
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void close() {
        logger.detachAppender(appender);
        vertx.close().await();
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3,h2,h2", "TLSv1.3,http/1.1,http/1.1", "TLSv1.3,http/1.1 h2,h2", "TLSv1.3,'',''",
            "TLSv1.2,h2 http/1.1,h2", "TLSv1.2,http/1.1,http/1.1"})
    void handshake_offersBothVersionsOfHttp(String version, String asked, String agreed) throws Exception {
        TestCertificate.issued().write(files);

        try (SSLSocket socket = connect(listener(), asked, version)) {
            assertThat(socket.getApplicationProtocol()).isEqualTo(agreed);
            assertThat(socket.getSession().getProtocol()).isEqualTo(version);
        }
    }

    @Test
    void plainText_getsNoAnswer() throws Exception {
        TestCertificate.issued().write(files);

        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .doesNotContain("HTTP");
        }
    }

    @Test
    void certificate_thatIsRenewed_isShownToTheNextConnections() throws Exception {
        TestCertificate first = TestCertificate.issued();
        first.write(files);
        int port = listener();
        assertThat(shown(port)).isEqualTo(first.shown());

        TestCertificate second = TestCertificate.issued();
        second.write(files);

        await().untilAsserted(() -> assertThat(shown(port)).isEqualTo(second.shown()));
        assertThat(log).containsOnlyOnce("INFO public.certificate_renewed file=" + files.certificate());
        try (SSLSocket socket = connect(port, "h2", "TLSv1.3")) {
            assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
        }
    }

    @Test
    void key_thatWentBad_isLoggedAndTheCertificateBeforeIsStillShown() throws Exception {
        TestCertificate first = TestCertificate.issued();
        first.write(files);
        int port = listener();

        TestCertificate.replace(files.key(), "no key");

        awaitComplaint();
        assertThat(shown(port)).isEqualTo(first.shown());
    }

    @Test
    void certificate_whoseKeyIsNotThereYet_isNotShownUntilItIs() throws Exception {
        TestCertificate first = TestCertificate.issued();
        first.write(files);
        int port = listener();

        TestCertificate second = TestCertificate.issued();
        TestCertificate.replace(files.certificate(), second.certificate());

        awaitComplaint();
        assertThat(shown(port)).isEqualTo(first.shown());

        TestCertificate.replace(files.key(), second.key());

        await().untilAsserted(() -> assertThat(shown(port)).isEqualTo(second.shown()));
    }

    @Test
    void files_thatAreMissing_areNamedWithTheirSetting() throws Exception {
        assertRefused("sandgate.public.tls-certificate: " + files.certificate()
                + " cannot be read (expected: a PEM file that this user may read)");

        Files.writeString(files.certificate(), TestCertificate.issued().certificate());
        assertRefused("sandgate.public.tls-key: " + files.key()
                + " cannot be read (expected: a PEM file that this user may read)");
    }

    @Test
    void files_thatHoldSomethingElse_areNamedWithWhatIsExpected() throws Exception {
        TestCertificate issued = TestCertificate.issued();
        String expected = " (expected: PEM files with a certificate and its key, which is not encrypted)";

        Files.writeString(files.certificate(), issued.certificate());
        for (String key : List.of("", "no key", issued.certificate(), TestCertificate.issued().key(),
                issued.key().replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"))) {
            Files.writeString(files.key(), key);
            assertRefused(files.certificate() + " with " + files.key(), expected);
        }

        Files.writeString(files.key(), issued.key());
        for (String certificate : List.of("", "no certificate", issued.key())) {
            Files.writeString(files.certificate(), certificate);
            assertRefused("sandgate.public.tls-certificate: " + files.certificate(), expected);
        }
    }

    private void assertRefused(String... parts) {
        assertThatThrownBy(() -> new PublicTls(vertx, files, LOOK_EVERY)).isInstanceOf(SettingsException.class)
                .hasMessageContainingAll(parts);
    }

    private void awaitComplaint() {
        await().untilAsserted(() -> assertThat(log).anySatisfy(line -> assertThat(line)
                .startsWith("WARN public.certificate_not_renewed").contains(files.key().toString())
                .contains("the one before is still shown")));
    }

    /// Opens a listener on two event loops, as the public one has several.
    private int listener() {
        PublicTls tls = new PublicTls(vertx, files, LOOK_EVERY);
        Listener listener = Listener.bind(vertx,
                tls.apply(new HttpServerOptions().setHttp2ClearTextEnabled(false)), 2, "public", HOST, 0);
        listener.serve(context -> request -> request.response().end());
        tls.watch(listener);
        return listener.endpoint().port();
    }

    private static Certificate shown(int port) throws Exception {
        try (SSLSocket socket = connect(port, "http/1.1", "TLSv1.3")) {
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    /// @param protocols of the application, with spaces between them
    private static SSLSocket connect(int port, String protocols, String version)
            throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[]{new Credulous()}, null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(HOST, port);
        SSLParameters parameters = socket.getSSLParameters();
        socket.setSoTimeout(20_000);
        parameters.setApplicationProtocols(protocols.isEmpty() ? new String[0] : protocols.split(" ", -1));
        parameters.setProtocols(new String[]{version});
        socket.setSSLParameters(parameters);
        try {
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static final class Credulous extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
