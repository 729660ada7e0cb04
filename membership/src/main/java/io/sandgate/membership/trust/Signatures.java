package io.sandgate.membership.trust;

import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.Signature;

/// Which signatures the keys of certificates make.
final class Signatures {

    private Signatures() {}

    /// A signature of the kind that goes with the key.
    ///
    /// @throws NoSuchAlgorithmException when a key of this kind is not for signing
    static Signature of(Key key) throws NoSuchAlgorithmException {
        return Signature.getInstance(switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> key.getAlgorithm();
        });
    }
}
