package io.sandgate.membership.trust;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static io.sandgate.membership.trust.Authorities.NOW;
import static io.sandgate.membership.trust.Authorities.OURS;
import static io.sandgate.membership.trust.Authorities.RANDOM;
import static io.sandgate.membership.trust.Authorities.THEIRS;
import static io.sandgate.membership.trust.Authorities.files;
import static io.sandgate.membership.trust.Authorities.issued;
import static io.sandgate.membership.trust.Authorities.pem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// Renewal, and what happens when it fails.
class TrustTest {
    private static final Duration OFTEN = Duration.ofMillis(5);

    @TempDir
    private Path directory = Path.of("");

    private final AtomicReference<Instant> clock = new AtomicReference<>(NOW);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        ((Logger) LoggerFactory.getLogger(Trust.class)).addAppender(log);
    }

    @AfterEach
    void stopListening() {
        ((Logger) LoggerFactory.getLogger(Trust.class)).detachAppender(log);
    }

    @Test
    void ownCertificate_inTheMiddleOfItsLife_isRenewedAndShown() throws Exception {
        try (Trust trust = issuing("r1")) {
            X509Certificate first = shown(trust);

            clock.set(NOW.plus(Duration.ofHours(12)));

            await().until(() -> !shown(trust).equals(first));
            assertThat(trust.idOf(List.of(shown(trust)))).isEqualTo("r1");
            assertThat(registry.get("sandgate.trust.certificate.left").gauge().value())
                    .isEqualTo(86_400.0);
        }
    }

    @Test
    void ownCertificate_afterTheClockWasSetBack_isIssuedAnew() throws Exception {
        try (Trust trust = issuing("r1")) {
            clock.set(NOW.minus(Duration.ofDays(300)));

            await().untilAsserted(() -> assertThat(trust.idOf(List.of(shown(trust)))).isEqualTo("r1"));
        }
    }

    @Test
    void alias_fromBeforeARenewal_stillGivesChainAndKeyOfOnePair() throws Exception {
        try (Trust trust = issuing("r1")) {
            X509Certificate first = shown(trust);
            String alias = trust.keyManager().chooseEngineServerAlias("EC", null, null);

            clock.set(NOW.plus(Duration.ofHours(12)));
            await().until(() -> !shown(trust).equals(first));

            assertThat(trust.keyManager().getCertificateChain(alias)).containsExactly(first);
        }
    }

    @Test
    void rememberedCertificate_thatRunsOut_isRefused() throws Exception {
        try (Trust trust = issuing("r1")) {
            List<X509Certificate> other = issued("r2").chain();
            assertThat(trust.idOf(other)).isEqualTo("r2");

            clock.set(NOW.plus(Duration.ofHours(25)));

            assertThatThrownBy(() -> trust.idOf(other)).isInstanceOf(RefusedCertificateException.class);
        }
    }

    @Test
    void files_thatChange_areTakenWithoutARestart() throws Exception {
        Credentials next = issued("r1");
        try (Trust trust = reading(files(directory, issued("r1"), List.of(OURS.certificate())))) {
            files(directory, next, List.of(OURS.certificate()));

            await().until(() -> shown(trust).equals(next.certificate()));
        }
    }

    @Test
    void authority_thatIsExchanged_isNotBelievedAnyMore() throws Exception {
        TrustFiles files = files(directory, issued("r1"), List.of(OURS.certificate()));
        try (Trust trust = reading(files)) {
            List<X509Certificate> old = issued("r2").chain();
            assertThat(trust.idOf(old)).isEqualTo("r2");
            Credentials next = THEIRS.issue("r1", NOW, RANDOM);

            files(directory, next, List.of(THEIRS.certificate()));
            await().until(() -> shown(trust).equals(next.certificate()));

            assertThatThrownBy(() -> trust.idOf(old)).isInstanceOf(RefusedCertificateException.class);
        }
    }

    @Test
    void files_thatBreak_keepTheOldOnesAndAreSaidOnce() throws Exception {
        Credentials first = issued("r1");
        TrustFiles files = files(directory, first, List.of(OURS.certificate()));
        try (Trust trust = reading(files)) {
            Files.writeString(files.certificate(), pem(issued("r1").chain()));

            await().until(() -> !complaints().isEmpty());
            awaitLooks();
            assertThat(shown(trust)).isEqualTo(first.certificate());
            assertThat(complaints()).singleElement().asString()
                    .contains("sandgate.cluster.tls-key: " + files.key() + " (expected: the key of the certificate in");

            files(directory, issued("r1"), List.of(OURS.certificate()));
            await().until(() -> !shown(trust).equals(first.certificate()));
        }
    }

    @Test
    void files_atTheStart_areRefusedWithTheirSetting() throws Exception {
        List<X509Certificate> ours = List.of(OURS.certificate());
        TrustFiles files = files(directory, issued("r1"), ours);
        assertThatThrownBy(() -> Trust.ofFiles(files, "r2", clock::get, registry)).isInstanceOf(TrustException.class)
                .hasMessage("sandgate.cluster.tls-certificate: " + files.certificate() + " names replica r1"
                        + " (expected: sandgate://replica/r2, from sandgate.replica.id)");

        files(directory, issued("r1"), List.of(THEIRS.certificate()));
        assertNotRead(files, "sandgate.cluster.tls-certificate: ");
        files(directory, issued("r1"), ours);
        Files.writeString(files.key(), "no key");
        assertNotRead(files, "sandgate.cluster.tls-key: ");
        files(directory, issued("r1"), ours);
        Files.writeString(files.authorities(), "");
        assertNotRead(files, "sandgate.cluster.tls-ca: ");
        Files.delete(files.authorities());
        assertNotRead(files, "sandgate.cluster.tls-ca: ");
    }

    @Test
    void credentials_whoseHandshakeWithThemselvesFails_areNotUsed() {
        Credentials broken = new Credentials(issued("r1").key(), issued("r1").chain(), List.of(OURS.certificate()));

        assertThatThrownBy(() -> new Trust(() -> broken, clock::get, registry, OFTEN))
                .isInstanceOf(TrustException.class)
                .hasMessageStartingWith("the certificate of CN=r1 does not serve for TLSv1.3: ");
    }

    private void assertNotRead(TrustFiles files, String setting) {
        assertThatThrownBy(() -> Trust.ofFiles(files, "r1", clock::get, registry)).isInstanceOf(TrustException.class)
                .hasMessageStartingWith(setting).hasMessageNotContaining("PRIVATE");
    }

    private Trust issuing(String id) {
        return new Trust(new IssuedCredentials(OURS, id, clock::get, RANDOM), clock::get, registry, OFTEN);
    }

    private Trust reading(TrustFiles files) {
        return new Trust(new CountedSource(new CredentialFiles(files, "r1", clock::get)), clock::get, registry, OFTEN);
    }

    private final class CountedSource implements CredentialSource {
        private final CredentialSource source;

        CountedSource(CredentialSource source) {
            this.source = source;
        }

        @Override
        public Credentials current() {
            looks.incrementAndGet();
            return source.current();
        }
    }

    private final AtomicInteger looks = new AtomicInteger();

    private void awaitLooks() {
        int before = looks.get();
        await().until(() -> looks.get() > before + 3);
    }

    private List<String> complaints() {
        return List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.startsWith("trust.not_renewed")).toList();
    }

    private static X509Certificate shown(Trust trust) {
        String alias = trust.keyManager().chooseEngineServerAlias("EC", null, null);
        return trust.keyManager().getCertificateChain(alias)[0];
    }
}
