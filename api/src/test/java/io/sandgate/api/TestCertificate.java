package io.sandgate.api;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.api.settings.CertificateFiles;
import io.sandgate.membership.trust.Trust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Objects;
import javax.net.ssl.X509ExtendedKeyManager;

/// A certificate with its key, both in PEM, of an authority that nobody knows.
///
/// @param shown what a client sees of it
record TestCertificate(X509Certificate shown, String certificate, String key) {

    static TestCertificate issued() throws CertificateEncodingException {
        try (Trust trust = Trust.ofSecret("an authority for this test", "r1", InstantSource.system(),
                new SecureRandom(),
                new SimpleMeterRegistry())) {
            X509ExtendedKeyManager keys = trust.keyManager();
            String alias = Objects.requireNonNull(keys.getServerAliases("EC", null))[0];
            X509Certificate shown = Objects.requireNonNull(keys.getCertificateChain(alias))[0];
            return new TestCertificate(shown, pem("CERTIFICATE", shown.getEncoded()),
                    pem("PRIVATE KEY", Objects.requireNonNull(keys.getPrivateKey(alias)).getEncoded()));
        }
    }

    /// Writes both, each at once.
    void write(CertificateFiles files) throws IOException {
        replace(files.key(), key);
        replace(files.certificate(), certificate);
    }

    static void replace(Path file, String text) throws IOException {
        Path next = Files.writeString(file.resolveSibling(file.getFileName() + ".next"), text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(der)
                + "\n-----END " + kind + "-----\n";
    }
}
