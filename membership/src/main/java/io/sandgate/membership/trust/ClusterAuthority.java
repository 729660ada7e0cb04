package io.sandgate.membership.trust;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.jce.ECNamedCurveTable;
import org.bouncycastle.jce.spec.ECNamedCurveParameterSpec;
import org.bouncycastle.operator.ContentSigner;

/// The certificate authority of a cluster, derived from its secret: all replicas that know the secret have the same one, in
/// memory, and each issues its own certificate with it.
///
/// Implementation note. Everything that the certificate of the authority holds follows from the secret: the key on P-256,
/// dates that never matter, and a signature whose random number is that of RFC 6979. The secret goes through scrypt and
/// not only through a hash, since whoever opens a connection is shown the public key before it has proven anything, and
/// could try secrets against it at leisure.
final class ClusterAuthority {
    /// How long a certificate is valid.
    static final Duration LIFE = Duration.ofHours(24);
    /// How far the clock of another replica may be behind.
    static final Duration SLACK = Duration.ofHours(1);

    private static final byte[] SALT = "sandgate cluster authority, version 1".getBytes(StandardCharsets.US_ASCII);
    private static final int SCRYPT_COST = 1 << 15;
    private static final int SCRYPT_BLOCK = 8;
    /// More bits than the order of the curve has, so that the remainder is as good as even.
    private static final int DERIVED_BYTES = 48;
    private static final Time FROM = time(Instant.parse("2000-01-01T00:00:00Z"));
    private static final Time UNTIL = time(Instant.parse("9999-12-31T23:59:59Z"));
    private static final AlgorithmIdentifier ECDSA_WITH_SHA256 = new AlgorithmIdentifier(
            X9ObjectIdentifiers.ecdsa_with_SHA256);

    private final ECPrivateKeyParameters key;
    private final X500Name name;
    private final X509Certificate certificate;

    private ClusterAuthority(ECPrivateKeyParameters key) {
        this.key = key;
        try {
            SubjectPublicKeyInfo publicKey = SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
                    new ECPublicKeyParameters(key.getParameters().getG().multiply(key.getD()).normalize(),
                            key.getParameters()));
            name = named("Sandgate cluster authority " + fingerprint(publicKey.getEncoded()));
            X509v3CertificateBuilder builder = new X509v3CertificateBuilder(name, BigInteger.ONE, FROM, UNTIL, name,
                    publicKey);
            extend(builder, Extension.basicConstraints, new BasicConstraints(0));
            extend(builder, Extension.keyUsage, new KeyUsage(KeyUsage.keyCertSign));
            certificate = signed(builder);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("the authority of the cluster cannot be made", e);
        }
    }

    static ClusterAuthority of(String secret) {
        byte[] derived = SCrypt.generate(secret.getBytes(StandardCharsets.UTF_8), SALT, SCRYPT_COST, SCRYPT_BLOCK, 1,
                DERIVED_BYTES);
        ECNamedCurveParameterSpec curve = ECNamedCurveTable.getParameterSpec("secp256r1");
        BigInteger scalar = new BigInteger(1, derived).mod(curve.getN().subtract(BigInteger.ONE)).add(BigInteger.ONE);
        return new ClusterAuthority(new ECPrivateKeyParameters(scalar,
                new ECNamedDomainParameters(SECObjectIdentifiers.secp256r1, curve.getCurve(), curve.getG(),
                        curve.getN(), curve.getH(), curve.getSeed())));
    }

    X509Certificate certificate() {
        return certificate;
    }

    /// A new certificate with a new key for a replica.
    Credentials issue(String id, Instant now, SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            KeyPair pair = generator.generateKeyPair();
            X509v3CertificateBuilder builder = new X509v3CertificateBuilder(name, new BigInteger(127, random),
                    time(now.minus(SLACK)), time(now.plus(LIFE)), named(id),
                    SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
            extend(builder, Extension.basicConstraints, new BasicConstraints(false));
            extend(builder, Extension.keyUsage, new KeyUsage(KeyUsage.digitalSignature));
            extend(builder, Extension.extendedKeyUsage, new ExtendedKeyUsage(
                    new KeyPurposeId[]{KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
            extend(builder, Extension.subjectAlternativeName,
                    new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, ReplicaUri.of(id))));
            return new Credentials(pair.getPrivate(), List.of(signed(builder)), List.of(certificate));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("no certificate can be made for " + id, e);
        }
    }

    private static void extend(X509v3CertificateBuilder builder,
            org.bouncycastle.asn1.ASN1ObjectIdentifier kind, ASN1Encodable value) throws IOException {
        builder.addExtension(kind, !kind.equals(Extension.subjectAlternativeName)
                && !kind.equals(Extension.extendedKeyUsage), value);
    }

    private X509Certificate signed(X509v3CertificateBuilder builder) throws IOException, GeneralSecurityException {
        byte[] encoded = builder.build(new Signer(key)).getEncoded();
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(encoded));
    }

    private static X500Name named(String commonName) {
        return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build();
    }

    private static String fingerprint(byte[] publicKey) {
        SHA256Digest digest = new SHA256Digest();
        digest.update(publicKey, 0, publicKey.length);
        byte[] hash = new byte[digest.getDigestSize()];
        digest.doFinal(hash, 0);
        return HexFormat.of().formatHex(hash, 0, 8);
    }

    private static Time time(Instant instant) {
        return new Time(Date.from(instant));
    }

    /// Signs with the random number of RFC 6979, which follows from what is signed.
    private static final class Signer implements ContentSigner {
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private final ECPrivateKeyParameters key;

        Signer(ECPrivateKeyParameters key) {
            this.key = key;
        }

        @Override
        public AlgorithmIdentifier getAlgorithmIdentifier() {
            return ECDSA_WITH_SHA256;
        }

        @Override
        public OutputStream getOutputStream() {
            return content;
        }

        @Override
        public byte[] getSignature() {
            DSADigestSigner signer = new DSADigestSigner(
                    new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest())), new SHA256Digest());
            signer.init(true, key);
            byte[] bytes = content.toByteArray();
            signer.update(bytes, 0, bytes.length);
            try {
                return signer.generateSignature();
            } catch (RuntimeException e) {
                throw new IllegalStateException("the authority of the cluster cannot sign", e);
            }
        }
    }
}
