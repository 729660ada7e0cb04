package io.sandgate.gateway.stream.webhook;

/// There are as many webhooks already as there may be.
public final class WebhookLimitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WebhookLimitException(String message) {
        super(message);
    }
}
