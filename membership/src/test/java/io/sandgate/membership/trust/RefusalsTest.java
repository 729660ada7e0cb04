package io.sandgate.membership.trust;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.membership.trust.Refusals.Where;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class RefusalsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Refusals refusals = new Refusals(registry);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Refusals.class);

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void stopListening() {
        logger.setAdditive(true);
        logger.setLevel(null);
        logger.detachAppender(log);
    }

    @Test
    void stranger_thatTriesAgainAndAgain_isCountedEachTimeAndSaidOnce() {
        for (int i = 0; i < 3; i++) {
            refusals.refused(Where.PEER, RefusalReason.WRONG_ID, "10.1.2.3", "replica r1 calls as r2");
        }

        assertThat(count(RefusalReason.WRONG_ID)).isEqualTo(3);
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).containsExactly(
                "trust.refused where=peer reason=wrong_id remote=10.1.2.3 detail=\"replica r1 calls as r2\"");
    }

    @Test
    void strangers_fromManyAddresses_fillNeitherLogNorMemory() {
        for (int i = 0; i < 3 * Refusals.MOST_REMEMBERED; i++) {
            refusals.refused(Where.PEER, RefusalReason.NOT_TLS, "10.1." + i / 256 + "." + i % 256, "");
        }

        assertThat(log.list).hasSize(Refusals.MOST_REMEMBERED);
    }

    @Test
    void detail_fromOutside_staysOnOneLine() {
        refusals.refused(Where.PEER, RefusalReason.WRONG_ID, "10.1.2.3", "a\nb\"" + "x".repeat(1_000));

        assertThat(log.list.getFirst().getFormattedMessage()).contains("detail=\"a?b'xxx").hasSizeLessThan(500);
    }

    @Test
    void failedHandshake_isCountedByItsReason() {
        refusals.handshakeFailed(Where.PEER, "a", new IOException("outer",
                new RefusedCertificateException(RefusalReason.OUT_OF_DATE, "late")));
        refusals.handshakeFailed(Where.PEER, "a", new IOException("(bad_certificate) Empty client certificate chain"));
        refusals.handshakeFailed(Where.PEER, "a", new IOException("not an SSL/TLS record: 47455420"));
        refusals.handshakeFailed(Where.PEER, "a", new IOException());

        assertThat(count(RefusalReason.OUT_OF_DATE)).isEqualTo(1);
        assertThat(count(RefusalReason.NO_CERTIFICATE)).isEqualTo(1);
        assertThat(count(RefusalReason.NOT_TLS)).isEqualTo(1);
        assertThat(count(RefusalReason.HANDSHAKE)).isEqualTo(1);
        assertThat(log.list.getLast().getFormattedMessage()).endsWith("detail=\"IOException\"");
    }

    @Test
    void plainText_thatWasSent_isNotLogged() {
        refusals.handshakeFailed(Where.PEER, "a", new IOException("not an SSL/TLS record: 736563726574"));

        assertThat(log.list.getFirst().getFormattedMessage()).doesNotContain("736563726574");
    }

    private double count(RefusalReason reason) {
        return registry.get("sandgate.trust.refused").tag("where", "peer").tag("reason", reason.tag()).counter()
                .count();
    }
}
