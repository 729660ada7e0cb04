package io.sandgate.proxy.replicate;

import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/// Tells errors that can pass from those that cannot: only the former are worth a second attempt.
final class Transience {

    private Transience() {}

    static boolean isTransient(Throwable error) {
        Throwable cause = unwrapped(error);
        return switch (cause) {
            case PeerRefusedException refused -> refused.status() == 429 || refused.status() >= 500;
            case CancellationException _,SSLException _ -> false;
            case TimeoutException _,IOException _,HttpClosedException _,StreamResetException _ -> true;
            default -> false;
        };
    }

    static Throwable unwrapped(Throwable error) {
        Throwable cause = error.getCause();
        return error instanceof CompletionException && cause != null ? unwrapped(cause) : error;
    }
}
