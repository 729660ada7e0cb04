package io.sandgate.membership.trust;

/// A replica has no certificates that it could show; the message names the setting and what is wrong with it.
public final class TrustException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TrustException(String message) {
        super(message);
    }

    TrustException(String message, Throwable cause) {
        super(message, cause);
    }
}
