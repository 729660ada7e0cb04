package io.sandgate.api.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Calls one listener of a replica, and turns every way in which that fails into a message for the user.
final class HttpCaller implements AutoCloseable {

    static final ObjectMapper JSON = new ObjectMapper();

    private static final int PAGE = 100;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /// Longer than any call of a healthy replica takes, a start of a slow template included.
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /// A header that shows who calls.
    ///
    /// @param name of the header
    /// @param value of the header; a secret
    /// @param source where it was found, for the message when it is refused
    record Credential(String name, String value, String source) {
        @Override
        public String toString() {
            return name + " from " + source;
        }
    }

    /// An answer with a status below 300.
    ///
    /// @param status of the answer
    /// @param headers of the answer
    /// @param body as JSON, missing when there is none
    record Reply(int status, HttpHeaders headers, JsonNode body) {}

    private final URI base;
    private final String howToChange;
    private final Optional<Credential> credential;
    private final Duration patience;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT).build();

    /// @param base the address of the listener
    /// @param howToChange what the user does to call another address
    /// @param credential sent with each call
    HttpCaller(URI base, String howToChange, Optional<Credential> credential) {
        this(base, howToChange, credential, PATIENCE);
    }

    /// @param patience bounds the wait for a whole answer, and for the head of one that is given line by line
    HttpCaller(URI base, String howToChange, Optional<Credential> credential, Duration patience) {
        this.base = base;
        this.howToChange = howToChange;
        this.credential = credential;
        this.patience = patience;
    }

    URI base() {
        return base;
    }

    /// Calls and reads the whole answer.
    Reply call(String method, String path, @Nullable JsonNode body) {
        HttpRequest.Builder request = request(path);
        if (body == null) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json").method(method, BodyPublishers.ofString(body.toString()));
        }
        HttpResponse<String> response = send(request.build(), BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw refused(response.statusCode(), response.body());
        }
        return new Reply(response.statusCode(), response.headers(), json(response.body()));
    }

    /// Lists, page after page until there are no more or enough.
    ///
    /// @param query further parameters, each with an ampersand before it
    List<JsonNode> pages(String path, String query, int atMost) {
        List<JsonNode> found = new ArrayList<>();
        String token = "";
        do {
            Reply page = call("GET", path + "?limit=" + Math.min(PAGE, atMost - found.size()) + query
                    + (token.isEmpty() ? "" : "&nextToken=" + encode(token)), null);
            page.body().forEach(found::add);
            token = page.headers().firstValue("x-next-token").orElse("");
        } while (!token.isEmpty() && found.size() < atMost);
        return found;
    }

    /// A text as a part of a path or query.
    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// Calls GET and gives the answer line by line, as it comes.
    Stream<String> lines(String path) {
        HttpResponse<Stream<String>> response = send(request(path).GET().build(), BodyHandlers.ofLines());
        if (response.statusCode() >= 300) {
            try (Stream<String> lines = response.body()) {
                throw refused(response.statusCode(), lines.limit(20).reduce("", String::concat));
            }
        }
        return response.body();
    }

    /// Calls GET for events, and gives the answer line by line for as long as it lasts, whatever its status.
    HttpResponse<Stream<String>> events(String path) {
        return send(request(path).header("Accept", "text/event-stream").GET().build(), BodyHandlers.ofLines());
    }

    private HttpRequest.Builder request(String path) {
        String root = base.toString().replaceAll("/+$", "");
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(root + path));
        credential.ifPresent(shown -> builder.header(shown.name(), shown.value()));
        return builder;
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        // the timeout of a request bounds the body too from JDK 26 on, and a stream of events has no end
        CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request, handler);
        try {
            return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw unreached(e);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new CliException(ExitCode.UNREACHABLE, base + " gave no answer within " + patience.toSeconds()
                    + " s (see the replica's log)", e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new CliException(ExitCode.FAILED, "interrupted while waiting for " + base, e);
        }
    }

    private CliException unreached(ExecutionException e) {
        boolean isConnected = !(e.getCause() instanceof ConnectException
                || e.getCause() instanceof HttpConnectTimeoutException);
        String message = isConnected
                ? "the connection to " + base + " broke (is a Sandgate replica there? otherwise " + howToChange + ")"
                : "cannot reach a replica at " + base + " (start one with 'sandgate up', or " + howToChange + ")";
        return new CliException(ExitCode.UNREACHABLE, message, e);
    }

    /// Says what a status means that is no success.
    CliException refused(int status, String body) {
        String message = message(status, body);
        if (status == 401 || status == 403) {
            String shown = credential.map(Credential::toString).orElse("none");
            return new CliException(ExitCode.FAILED, base + " refused the credentials: " + message + " (sent: " + shown
                    + ")");
        }
        if (status == 404) {
            return new CliException(ExitCode.NOT_FOUND, message);
        }
        return new CliException(ExitCode.FAILED, base + " answered " + status + ": " + message);
    }

    /// What the body of a refusal says.
    static String message(int status, String body) {
        try {
            JsonNode message = JSON.readTree(body).path("message");
            if (message.isTextual()) {
                return Table.printable(message.textValue());
            }
        } catch (JsonProcessingException e) {
            // What is not JSON is shown as it is.
        }
        String text = body.lines().findFirst().orElse("").strip();
        return text.isEmpty() ? "status " + status : Table.printable(text.substring(0, Math.min(text.length(), 200)));
    }

    private JsonNode json(String body) {
        if (body.isBlank()) {
            return MissingNode.getInstance();
        }
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new CliException(ExitCode.FAILED, base + " gave an answer that is not JSON (is a Sandgate replica"
                    + " there? otherwise " + howToChange + ")", e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
