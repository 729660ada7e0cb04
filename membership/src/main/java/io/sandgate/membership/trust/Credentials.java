package io.sandgate.membership.trust;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// What a replica shows of itself and whom it believes, at one time.
///
/// @param key of the first certificate of the chain
/// @param chain this replica's certificate, and those between it and an authority
/// @param authorities whose certificates are believed
record Credentials(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> authorities) {

    Credentials {
        chain = List.copyOf(chain);
        authorities = List.copyOf(authorities);
    }

    X509Certificate certificate() {
        return chain.getFirst();
    }

    /// Without the key.
    @Override
    public String toString() {
        return "Credentials[" + certificate().getSubjectX500Principal() + " until " + certificate().getNotAfter() + "]";
    }
}
