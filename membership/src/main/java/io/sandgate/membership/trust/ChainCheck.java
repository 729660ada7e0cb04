package io.sandgate.membership.trust;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The rules for a chain of certificates that somebody shows: it leads to an authority that is believed, is valid now, may
/// be used at both ends of a connection, and names one replica.
///
/// Nothing is revoked: a certificate of the cluster's own authority lives a day, and one's own authority is exchanged
/// together with the certificates.
final class ChainCheck {
    /// Longer chains are not looked at.
    static final int LONGEST = 8;
    /// Extended key usage: as a server and as a client of TLS, and as anything.
    private static final List<String> BOTH_ENDS = List.of("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    private static final String ANYTHING = "2.5.29.37.0";

    private final InstantSource clock;

    ChainCheck(InstantSource clock) {
        this.clock = clock;
    }

    /// The id of the replica that the first certificate of the chain names.
    String id(List<X509Certificate> chain, List<X509Certificate> authorities) throws RefusedCertificateException {
        if (chain.isEmpty()) {
            throw new RefusedCertificateException(RefusalReason.NO_CERTIFICATE, "no certificate was shown");
        }
        if (chain.size() > LONGEST) {
            throw new RefusedCertificateException(RefusalReason.FOREIGN_AUTHORITY,
                    "a chain of " + chain.size() + " certificates (expected: at most " + LONGEST + ")");
        }
        validate(chain, authorities);
        requireBothEnds(chain.getFirst());
        return ReplicaUri.idIn(chain.getFirst());
    }

    private void validate(List<X509Certificate> chain, List<X509Certificate> authorities)
            throws RefusedCertificateException {
        X509Certificate leaf = chain.getFirst();
        try {
            PKIXParameters rules = new PKIXParameters(authorities.stream()
                    .map(authority -> new TrustAnchor(authority, null)).collect(Collectors.toSet()));
            rules.setRevocationEnabled(false);
            rules.setDate(Date.from(clock.instant()));
            // what is believed needs no proof, and a path may not end with it
            List<X509Certificate> path = chain.stream().filter(part -> part.equals(leaf) || !authorities.contains(part))
                    .toList();
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), rules);
        } catch (CertPathValidatorException e) {
            throw refused(leaf, e);
        } catch (GeneralSecurityException e) {
            throw new RefusedCertificateException(RefusalReason.FOREIGN_AUTHORITY,
                    named(leaf) + " cannot be checked: " + e.getMessage(), e);
        }
    }

    private RefusedCertificateException refused(X509Certificate leaf, CertPathValidatorException failure) {
        if (Set.of(BasicReason.EXPIRED, BasicReason.NOT_YET_VALID).contains(failure.getReason())) {
            return new RefusedCertificateException(RefusalReason.OUT_OF_DATE,
                    named(leaf) + " is valid from " + leaf.getNotBefore().toInstant() + " to "
                            + leaf.getNotAfter().toInstant() + ", and here it is " + clock.instant()
                            + " (are the clocks right?)",
                    failure);
        }
        return new RefusedCertificateException(RefusalReason.FOREIGN_AUTHORITY,
                named(leaf) + " of " + leaf.getIssuerX500Principal()
                        + " is of no authority of this cluster (another secret?)",
                failure);
    }

    private static void requireBothEnds(X509Certificate leaf) throws RefusedCertificateException {
        try {
            List<String> uses = leaf.getExtendedKeyUsage();
            boolean[] usage = leaf.getKeyUsage();
            boolean signs = usage == null || usage[0];
            if (signs && (uses == null || uses.contains(ANYTHING) || uses.containsAll(BOTH_ENDS))) {
                return;
            }
        } catch (CertificateParsingException e) {
            throw new RefusedCertificateException(RefusalReason.WRONG_USE,
                    "the uses of " + named(leaf) + " cannot be read", e);
        }
        throw new RefusedCertificateException(RefusalReason.WRONG_USE, named(leaf)
                + " (expected: digital signature, serverAuth and clientAuth among its uses)");
    }

    private static String named(X509Certificate certificate) {
        return "the certificate of " + certificate.getSubjectX500Principal();
    }

    /// Whether all of a chain is valid at this moment, by its dates alone.
    boolean isInDate(List<X509Certificate> chain) {
        Date now = Date.from(clock.instant());
        try {
            for (X509Certificate certificate : chain) {
                certificate.checkValidity(now);
            }
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }
}
