package io.sandgate.proxy.replicate;

import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Y8: which errors can pass.
class TransienceTest {

    @Test
    void y8_classifier() {
        for (int status : List.of(429, 500, 502, 503, 504)) {
            assertThat(Transience.isTransient(new PeerRefusedException("p", status))).as("%d", status).isTrue();
        }
        for (int status : List.of(301, 400, 401, 403, 404, 405, 409, 413, 422)) {
            assertThat(Transience.isTransient(new PeerRefusedException("p", status))).as("%d", status).isFalse();
        }
        for (Throwable error : List.of(new ConnectException("refused"), new SocketException("reset"), new IOException(),
                new TimeoutException(), new HttpClosedException("closed"), new StreamResetException(0))) {
            assertThat(Transience.isTransient(error)).as(error.toString()).isTrue();
            assertThat(Transience.isTransient(new CompletionException(new CompletionException(error)))).isTrue();
        }
        for (Throwable error : List.of(new CancellationException(), new SSLException("no"),
                new SSLHandshakeException("no"), new IllegalStateException(), new NullPointerException())) {
            assertThat(Transience.isTransient(error)).as(error.toString()).isFalse();
            assertThat(Transience.isTransient(new CompletionException(error))).isFalse();
        }
    }
}
