package io.sandgate.api;

import io.sandgate.api.settings.SettingsException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// Where a listener with several event loops is bound.
class ListenerTest {
    private static final String HOST = "127.0.0.1";

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close().await();
    }

    private Listener bind(int count, int port) {
        return Listener.bind(vertx, new HttpServerOptions(), count, "public", HOST, port);
    }

    @Test
    void anyPort_isOneForAllEventLoops() {
        Listener listener = bind(2, 0);
        listener.serve(context -> request -> request.response().end(Thread.currentThread().getName()));
        Set<String> threads = new HashSet<>();

        await().untilAsserted(() -> {
            threads.add(answer(listener.endpoint().port()));
            assertThat(threads).hasSize(2);
        });
    }

    @Test
    void anyPort_isAnotherForEachListener() {
        assertThat(bind(2, 0).endpoint().port()).isNotEqualTo(bind(2, 0).endpoint().port());
    }

    @Test
    void port_thatIsTaken_isNamedWithItsSetting() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();

            assertThatThrownBy(() -> bind(1, port)).isInstanceOf(SettingsException.class).hasMessageStartingWith(
                    "sandgate.public.port: cannot listen on 127.0.0.1:" + port + ": ");
        }
    }

    private static String answer(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            return answer.substring(answer.indexOf("\r\n\r\n"));
        }
    }
}
