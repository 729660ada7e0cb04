package io.sandgate.e2e.harness;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// What a team runs to be told of its sandboxes by webhooks: notes all that comes, and takes it unless it is told to fail. Safe
/// for any thread.
public final class HookReceiver implements AutoCloseable {

    /// A request that came.
    ///
    /// @param webhook which one it is about, as it says
    /// @param id of the delivery, the same for all attempts
    /// @param signatureVersion how it is signed
    /// @param signature of the body
    /// @param text the body
    /// @param wasTaken whether it was answered with 200
    public record Delivery(String webhook, String id, String signatureVersion, String signature, String text,
            boolean wasTaken) {

        /// The body.
        public JsonObject json() {
            return new JsonObject(text);
        }

        /// What happened, and to which sandbox.
        public String about() {
            return json().getString("type").replace("sandbox.lifecycle.", "") + " " + json().getString("sandbox_id");
        }

        /// Whether it comes from one who knows the secret, as E2B tells receivers to find out.
        public boolean isSignedWith(String secret) {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256")
                        .digest((secret + text).getBytes(StandardCharsets.UTF_8));
                return signature.equals(Base64.getEncoder().encodeToString(hash).replaceAll("=+$", ""));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Delivery> deliveries = new ArrayList<>();
    private final AtomicInteger failuresLeft = new AtomicInteger();

    /// Opens one on loopback.
    public HookReceiver() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /// Where it is to be told.
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook?token=1";
    }

    /// Answers so many of the next requests with 500.
    public HookReceiver failing(int times) {
        failuresLeft.set(times);
        return this;
    }

    /// Answers all that comes with 500.
    public HookReceiver down() {
        return failing(Integer.MAX_VALUE);
    }

    /// Takes what comes again.
    public void recover() {
        failuresLeft.set(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            boolean isTaken = failuresLeft.getAndUpdate(left -> Math.max(0, left - 1)) == 0;
            synchronized (deliveries) {
                deliveries.add(new Delivery(header(exchange, "e2b-webhook-id"), header(exchange, "e2b-delivery-id"),
                        header(exchange, "e2b-signature-version"), header(exchange, "e2b-signature"), text, isTaken));
            }
            exchange.sendResponseHeaders(isTaken ? 200 : 500, -1);
        }
    }

    private static String header(HttpExchange exchange, String name) {
        return String.valueOf(exchange.getRequestHeaders().getFirst(name));
    }

    /// What came, in order.
    public List<Delivery> all() {
        synchronized (deliveries) {
            return List.copyOf(deliveries);
        }
    }

    /// What was taken, in order, as [Delivery#about] says it.
    public List<String> taken() {
        return all().stream().filter(Delivery::wasTaken).map(Delivery::about).toList();
    }

    /// What came about one thing.
    public List<Delivery> about(String what) {
        return all().stream().filter(delivery -> delivery.about().equals(what)).toList();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
