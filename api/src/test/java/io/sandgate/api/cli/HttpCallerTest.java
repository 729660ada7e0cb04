package io.sandgate.api.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(60)
class HttpCallerTest {

    private static final Duration BOUND = Duration.ofSeconds(30);

    private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    HttpCallerTest() throws IOException {}

    @AfterEach
    void closeServer() throws IOException {
        server.close();
        threads.shutdownNow();
    }

    private HttpCaller caller(Duration patience) {
        return new HttpCaller(URI.create("http://127.0.0.1:" + server.getLocalPort()), "call another", Optional.empty(),
                patience);
    }

    /// Answers a call with this and no more; what it reads after the head of the request.
    private int answer(String text) {
        try (Socket socket = server.accept()) {
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (!head.toString().endsWith("\r\n\r\n")) {
                head.append((char) in.read());
            }
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            return in.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void head_thatDoesNotCome_isSaidAndTheCallGivenUp() {
        CompletableFuture<Integer> after = CompletableFuture.supplyAsync(() -> answer(""), threads);
        try (HttpCaller caller = caller(Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> caller.events("/events")).isInstanceOfSatisfying(CliException.class,
                    failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.UNREACHABLE))
                    .hasMessageContaining("gave no answer within 1 s");
            assertThat(after).as("the connection is closed").succeedsWithin(BOUND).isEqualTo(-1);
        }
    }

    @Test
    void body_thatDoesNotCome_isSaidToo() {
        CompletableFuture<Integer> after = CompletableFuture
                .supplyAsync(() -> answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), threads);
        try (HttpCaller caller = caller(Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> caller.call("GET", "/cluster", null)).hasMessageContaining("gave no answer");
            assertThat(after).as("the connection is closed").succeedsWithin(BOUND).isEqualTo(-1);
        }
    }

    @Test
    void lines_ofAnAnswerThatHasNoEnd_areGivenAsTheyCome() {
        CompletableFuture<Integer> after = CompletableFuture
                .supplyAsync(() -> answer("HTTP/1.1 200 OK\r\n\r\ndata: 1\n\ndata: 2"), threads);
        try (HttpCaller caller = caller(Duration.ofMinutes(1))) {
            HttpResponse<Stream<String>> response = caller.events("/events");
            try (Stream<String> lines = response.body()) {
                assertThat(lines.limit(2)).containsExactly("data: 1", "");
            }
            assertThat(after).as("the connection is closed").succeedsWithin(BOUND).isEqualTo(-1);
        }
    }
}
