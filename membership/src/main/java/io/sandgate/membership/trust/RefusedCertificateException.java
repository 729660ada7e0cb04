package io.sandgate.membership.trust;

import java.security.cert.CertificateException;

/// A certificate, or what was proven with it, is not believed.
public final class RefusedCertificateException extends CertificateException {
    private static final long serialVersionUID = 1;

    private final RefusalReason reason;

    /// @param message who it was and what was expected
    public RefusedCertificateException(RefusalReason reason, String message) {
        super(message);
        this.reason = reason;
    }

    RefusedCertificateException(RefusalReason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /// Why not.
    public RefusalReason reason() {
        return reason;
    }
}
