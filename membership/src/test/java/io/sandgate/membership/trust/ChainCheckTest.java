package io.sandgate.membership.trust;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

import static io.sandgate.membership.trust.Authorities.NOW;
import static io.sandgate.membership.trust.Authorities.OURS;
import static io.sandgate.membership.trust.Authorities.RANDOM;
import static io.sandgate.membership.trust.Authorities.THEIRS;
import static io.sandgate.membership.trust.Authorities.issued;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ChainCheckTest {
    private static final List<X509Certificate> BELIEVED = List.of(OURS.certificate());

    @Test
    void certificate_ofTheCluster_tellsItsReplica() throws Exception {
        assertThat(at(NOW).id(issued("r1").chain(), BELIEVED)).isEqualTo("r1");
    }

    @Test
    void certificate_withItsAuthorityInTheChain_isFineToo() throws Exception {
        assertThat(at(NOW).id(List.of(issued("r1").certificate(), OURS.certificate()), BELIEVED)).isEqualTo("r1");
    }

    @Test
    void clocks_thatAreMinutesApart_doNotMatter() throws Exception {
        List<X509Certificate> chain = issued("r1").chain();

        assertThat(at(NOW.minus(Duration.ofMinutes(30))).id(chain, BELIEVED)).isEqualTo("r1");
        assertThat(at(NOW.plus(Duration.ofMinutes(30))).id(chain, BELIEVED)).isEqualTo("r1");
    }

    @Test
    void certificate_thatIsOver_isRefused() {
        assertRefused(RefusalReason.OUT_OF_DATE, at(NOW.plus(Duration.ofHours(25))), issued("r1").chain());
    }

    @Test
    void certificate_thatIsNotYetValid_isRefused() {
        assertRefused(RefusalReason.OUT_OF_DATE, at(NOW.minus(Duration.ofHours(2))), issued("r1").chain());
    }

    @Test
    void certificate_ofAnotherSecret_isRefused() {
        assertRefused(RefusalReason.FOREIGN_AUTHORITY, at(NOW), THEIRS.issue("r1", NOW, RANDOM).chain());
    }

    @Test
    void certificate_thatBringsItsOwnAuthority_isRefused() {
        assertRefused(RefusalReason.FOREIGN_AUTHORITY, at(NOW),
                List.of(THEIRS.issue("r1", NOW, RANDOM).certificate(), THEIRS.certificate()));
    }

    @Test
    void certificate_thatIsIssuedByAReplica_isRefused() {
        // a replica's certificate is no authority, so its key makes no certificates
        assertRefused(RefusalReason.FOREIGN_AUTHORITY, at(NOW),
                List.of(THEIRS.issue("r1", NOW, RANDOM).certificate(), issued("r2").certificate()));
    }

    @Test
    void certificate_ofNoReplica_isRefused() {
        assertRefused(RefusalReason.NO_REPLICA_ID, at(NOW), issued("").chain());
    }

    @Test
    void authority_asIfItWereAReplica_isRefused() {
        assertThatThrownBy(() -> at(NOW).id(List.of(OURS.certificate()), BELIEVED))
                .isInstanceOf(RefusedCertificateException.class);
    }

    @Test
    void noCertificate_andTooMany_areRefused() {
        assertRefused(RefusalReason.NO_CERTIFICATE, at(NOW), List.of());
        X509Certificate one = issued("r1").certificate();
        assertRefused(RefusalReason.FOREIGN_AUTHORITY, at(NOW), List.of(one, one, one, one, one, one, one, one, one));
    }

    private static ChainCheck at(Instant now) {
        return new ChainCheck(() -> now);
    }

    private static void assertRefused(RefusalReason reason, ChainCheck check, List<X509Certificate> chain) {
        assertThatThrownBy(() -> check.id(chain, BELIEVED)).isInstanceOfSatisfying(RefusedCertificateException.class,
                refused -> assertThat(refused.reason()).isEqualTo(reason));
    }
}
