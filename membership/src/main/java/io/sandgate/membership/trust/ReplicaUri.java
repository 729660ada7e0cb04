package io.sandgate.membership.trust;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/// The name of a replica in its certificate: the subject alternative name `sandgate://replica/<id>`, as a URI.
final class ReplicaUri {
    private static final String PREFIX = "sandgate://replica/";
    /// The kind of a subject alternative name that is a URI (RFC 5280, 4.2.1.6).
    private static final Integer URI = 6;

    private ReplicaUri() {}

    static String of(String id) {
        return PREFIX + id;
    }

    /// The id of the replica whose certificate it is. One with two such names is nobody's.
    static String idIn(X509Certificate certificate) throws RefusedCertificateException {
        List<String> ids = uris(certificate).stream().filter(uri -> uri.startsWith(PREFIX))
                .map(uri -> uri.substring(PREFIX.length())).toList();
        if (ids.size() != 1 || ids.getFirst().isEmpty()) {
            throw new RefusedCertificateException(RefusalReason.NO_REPLICA_ID,
                    certificate.getSubjectX500Principal() + " names " + ids.size() + " replicas (expected: one URI "
                            + PREFIX + "<id> among its subject alternative names)");
        }
        return ids.getFirst();
    }

    private static List<String> uris(X509Certificate certificate) throws RefusedCertificateException {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? List.of()
                    : names.stream().filter(name -> URI.equals(name.getFirst()))
                            .map(name -> Objects.toString(name.get(1))).toList();
        } catch (CertificateParsingException e) {
            throw new RefusedCertificateException(RefusalReason.NO_REPLICA_ID,
                    "the names of " + certificate.getSubjectX500Principal() + " cannot be read", e);
        }
    }
}
