package io.sandgate.membership.trust;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/// Authorities and certificates for tests.
final class Authorities {
    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    static final ClusterAuthority OURS = ClusterAuthority.of("a secret of ours");
    static final ClusterAuthority THEIRS = ClusterAuthority.of("a secret of theirs");
    static final SecureRandom RANDOM = new SecureRandom();

    private Authorities() {}

    static Credentials issued(String id) {
        return OURS.issue(id, NOW, RANDOM);
    }

    /// Writes the credentials as an operator would place them.
    static TrustFiles files(Path directory, Credentials credentials, List<X509Certificate> authorities)
            throws IOException, CertificateEncodingException {
        TrustFiles files = new TrustFiles(directory.resolve("replica.pem"), directory.resolve("replica.key"),
                directory.resolve("ca.pem"));
        Files.writeString(files.certificate(), pem(credentials.chain()));
        Files.writeString(files.key(), pem("PRIVATE KEY", credentials.key().getEncoded()));
        Files.writeString(files.authorities(), pem(authorities));
        return files;
    }

    static String pem(List<X509Certificate> certificates) throws CertificateEncodingException {
        StringBuilder text = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            text.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        return text.toString();
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(der)
                + "\n-----END " + kind + "-----\n";
    }
}
