package io.sandgate.gateway.stream.webhook.connect;

/// A URL leads where webhooks may not be sent to.
public final class RefusedTargetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedTargetException(String message) {
        super(message);
    }
}
