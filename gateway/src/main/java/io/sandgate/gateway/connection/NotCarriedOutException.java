package io.sandgate.gateway.connection;

/// A replica refuses requests as they are, so that sending them again is of no use.
public final class NotCarriedOutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotCarriedOutException(String message) {
        super(message);
    }
}
