package io.sandgate.membership.trust;

import java.security.cert.X509Certificate;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static io.sandgate.membership.trust.Authorities.NOW;
import static io.sandgate.membership.trust.Authorities.OURS;
import static io.sandgate.membership.trust.Authorities.THEIRS;
import static io.sandgate.membership.trust.Authorities.issued;
import static org.assertj.core.api.Assertions.assertThat;

class ClusterAuthorityTest {

    @Test
    void sameSecret_onTwoReplicas_givesTheSameCertificate() throws Exception {
        X509Certificate again = ClusterAuthority.of("a secret of ours").certificate();

        assertThat(again.getEncoded()).isEqualTo(OURS.certificate().getEncoded());
    }

    @Test
    void otherSecret_givesAnotherAuthority() {
        assertThat(THEIRS.certificate().getPublicKey()).isNotEqualTo(OURS.certificate().getPublicKey());
        assertThat(THEIRS.certificate().getSubjectX500Principal())
                .isNotEqualTo(OURS.certificate().getSubjectX500Principal());
    }

    @Test
    void authority_isOneAndSignsReplicasOnly() throws Exception {
        X509Certificate authority = OURS.certificate();

        authority.verify(authority.getPublicKey());
        assertThat(authority.getBasicConstraints()).isZero();
        assertThat(authority.getKeyUsage()[5]).as("may sign certificates").isTrue();
    }

    @Test
    void certificate_thatIsIssued_namesItsReplicaAndLivesADay() throws Exception {
        X509Certificate certificate = issued("replica-1").certificate();

        certificate.verify(OURS.certificate().getPublicKey());
        assertThat(ReplicaUri.idIn(certificate)).isEqualTo("replica-1");
        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=replica-1");
        assertThat(certificate.getNotBefore().toInstant()).isEqualTo(NOW.minus(ClusterAuthority.SLACK));
        assertThat(certificate.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofHours(24)));
        assertThat(certificate.getBasicConstraints()).as("is no authority").isEqualTo(-1);
    }

    @Test
    void certificates_ofOneReplica_haveDifferentKeysAndNumbers() {
        Credentials first = issued("replica-1");
        Credentials second = issued("replica-1");

        assertThat(first.certificate().getSerialNumber()).isNotEqualTo(second.certificate().getSerialNumber());
        assertThat(first.key()).isNotEqualTo(second.key());
    }

    @Test
    void credentials_asText_showNoKey() {
        assertThat(issued("replica-1").toString()).startsWith("Credentials[CN=replica-1 until ")
                .doesNotContainIgnoringCase("key");
    }
}
