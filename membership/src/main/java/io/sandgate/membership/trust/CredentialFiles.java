package io.sandgate.membership.trust;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.jspecify.annotations.Nullable;

/// Credentials from an operator's files, read again when what is in them has changed, and checked as a whole.
final class CredentialFiles implements CredentialSource {
    private static final String CERTIFICATE = "sandgate.cluster.tls-certificate: ";
    private static final String KEY = "sandgate.cluster.tls-key: ";
    private static final String AUTHORITIES = "sandgate.cluster.tls-ca: ";
    /// Larger files are none of certificates.
    private static final int LARGEST = 1024 * 1024;

    /// What the three files held.
    private record Contents(String certificate, String key, String authorities) {}

    private final TrustFiles files;
    private final String id;
    private final InstantSource clock;
    private @Nullable Contents read;
    private @Nullable Credentials last;

    CredentialFiles(TrustFiles files, String id, InstantSource clock) {
        this.files = files;
        this.id = id;
        this.clock = clock;
    }

    @Override
    public Credentials current() {
        Contents contents = new Contents(text(CERTIFICATE, files.certificate()), text(KEY, files.key()),
                text(AUTHORITIES, files.authorities()));
        Credentials known = last;
        if (known == null || !contents.equals(read)) {
            known = credentials(contents);
            last = known;
            read = contents;
        }
        return known;
    }

    private Credentials credentials(Contents contents) {
        Credentials credentials = new Credentials(key(contents.key()),
                certificates(CERTIFICATE, files.certificate(), contents.certificate()),
                certificates(AUTHORITIES, files.authorities(), contents.authorities()));
        requireOwnId(credentials);
        requireFit(credentials);
        return credentials;
    }

    private void requireOwnId(Credentials credentials) {
        try {
            String named = new ChainCheck(clock).id(credentials.chain(), credentials.authorities());
            if (!named.equals(id)) {
                throw new TrustException(CERTIFICATE + files.certificate() + " names replica " + named
                        + " (expected: " + ReplicaUri.of(id) + ", from sandgate.replica.id)");
            }
        } catch (RefusedCertificateException e) {
            throw new TrustException(CERTIFICATE + files.certificate() + ": " + e.getMessage(), e);
        }
    }

    private void requireFit(Credentials credentials) {
        byte[] sample = id.getBytes(StandardCharsets.UTF_8);
        try {
            Signature signature = Signatures.of(credentials.key());
            signature.initSign(credentials.key());
            signature.update(sample);
            byte[] signed = signature.sign();
            signature.initVerify(credentials.certificate());
            signature.update(sample);
            if (!signature.verify(signed)) {
                throw new TrustException(notFitting());
            }
        } catch (GeneralSecurityException e) {
            throw new TrustException(notFitting(), e);
        }
    }

    private String notFitting() {
        return KEY + files.key() + " (expected: the key of the certificate in " + files.certificate() + ")";
    }

    private static String text(String setting, Path path) {
        try {
            if (Files.size(path) > LARGEST) {
                throw new TrustException(setting + path + " is too large (expected: a PEM file)");
            }
            return Files.readString(path, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new TrustException(setting + path + " cannot be read (expected: a PEM file that this user may read)",
                    e);
        }
    }

    private static List<X509Certificate> certificates(String setting, Path path, String pem) {
        try {
            List<X509Certificate> certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1))).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
            if (!certificates.isEmpty()) {
                return certificates;
            }
            throw new TrustException(setting + path + " holds no certificate (expected: one or more, in PEM)");
        } catch (CertificateException e) {
            throw new TrustException(setting + path + " holds no certificate (expected: one or more, in PEM)", e);
        }
    }

    private PrivateKey key(String pem) {
        String expected = KEY + files.key() + " holds no key (expected: one private key in PEM, not encrypted)";
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
                // an EC key of OpenSSL's older form comes after the parameters of its curve
                if (part instanceof PrivateKeyInfo info) {
                    return new JcaPEMKeyConverter().getPrivateKey(info);
                }
                if (part instanceof PEMKeyPair pair) {
                    return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
                }
            }
        } catch (IOException | RuntimeException e) {
            throw new TrustException(expected, e);
        }
        throw new TrustException(expected);
    }
}
