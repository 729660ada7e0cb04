package io.sandgate.api.connection;

/// A call that cannot be understood; the message says what was sent and what is expected.
final class BadRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadRequestException(String message) {
        super(message);
    }
}
