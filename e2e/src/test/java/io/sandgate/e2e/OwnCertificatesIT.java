package io.sandgate.e2e;

import io.sandgate.e2e.harness.Answer;
import io.sandgate.e2e.harness.Certificates;
import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.Directories;
import io.sandgate.e2e.harness.ReplicaPlan;
import io.sandgate.e2e.harness.ReplicaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Replicas with an operator's own certificates, exchanged while they run.
class OwnCertificatesIT {

    private static final Path directory = Directories.temporary("certificates");
    private static final Certificates certificates = new Certificates(directory);

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(2).each(OwnCertificatesIT::withCertificate);

    private static ReplicaPlan withCertificate(ReplicaPlan plan) {
        certificates.issue(plan.id());
        return plan.with("cluster.tls-certificate", certificates.certificate(plan.id()).toString())
                .with("cluster.tls-key", certificates.key(plan.id()).toString())
                .with("cluster.tls-ca", certificates.authority().toString());
    }

    @AfterAll
    static void remove() {
        Directories.remove(directory);
    }

    @Test
    void certificate_thatIsExchanged_isShownByBothListenersAndInterruptsNothing() throws Exception {
        ReplicaProcess first = cluster.replica(1);
        assertReplicates(first, "before");

        BigInteger number = certificates.issue(first.id());

        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(shownAt(first.plan().peerPort())).as("at the peer listener").isEqualTo(number);
            assertThat(shownAt(first.plan().clusterPort())).as("at the cluster listener").isEqualTo(number);
        });
        assertReplicates(first, "after");
        assertReplicates(cluster.replica(2), "to the one with the new certificate");
        assertThat(first.log()).contains("trust.renewed");
        cluster.replicas().forEach(replica -> assertThat(replica.log()).doesNotContain("member.left"));
    }

    private static void assertReplicates(ReplicaProcess replica, String name) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Answer put = cluster.http().send("PUT",
                    replica.adminUrl() + "/routes/default/" + name.replace(' ', '-'), Map.of(),
                    "{\"ip\":\"127.64.0.9\"}");
            assertThat(put.status()).as(put.body()).isEqualTo(200);
            assertThat(put.json().getInteger("acknowledged")).isOne();
        });
    }

    /// The number of the certificate that a listener shows to anyone.
    private static BigInteger shownAt(int port) {
        List<BigInteger> shown = new ArrayList<>();
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, new TrustManager[]{new Looking(shown)}, null);
            try (SSLSocket socket = (SSLSocket) context.getSocketFactory()
                    .createSocket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(5_000);
                socket.startHandshake();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return shown.getLast();
    }

    private record Looking(List<BigInteger> numbers) implements X509TrustManager {

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            numbers.add(chain[0].getSerialNumber());
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            throw new UnsupportedOperationException();
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
