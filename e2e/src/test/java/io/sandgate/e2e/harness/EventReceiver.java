package io.sandgate.e2e.harness;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// A webhook that replicas hand their events to, each at a URL of its own, and which notes when the request of each event began.
///
/// It takes everything until it is told to fail. Safe for any thread.
public final class EventReceiver implements AutoCloseable {
    private static final int MAX_EVENTS = 2_000_000;

    /// What it does with a batch.
    private enum Mood {
        TAKES, REFUSES, STALLS
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<HandedOn> taken = new ArrayList<>();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile Mood mood = Mood.TAKES;
    private volatile CountDownLatch stall = new CountDownLatch(0);

    /// Opens one at all addresses of this machine.
    public EventReceiver() {
        try {
            server = HttpServer.create(new InetSocketAddress("0.0.0.0", 0), 1024);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /// The setting with a replica's URL.
    public ReplicaPlan toHere(ReplicaPlan plan) {
        return plan.with("shards.sink", "http://127.0.0.1:" + port() + "/" + plan.id());
    }

    /// Answers 503 from now on.
    public void refuse() {
        mood = Mood.REFUSES;
    }

    /// Answers nothing from now on.
    public void stall() {
        stall = new CountDownLatch(1);
        mood = Mood.STALLS;
    }

    /// Takes what comes again; what it kept waiting is refused.
    public void recover() {
        mood = Mood.TAKES;
        stall.countDown();
    }

    /// How many batches were not taken.
    public int refused() {
        return refused.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            long now = System.nanoTime();
            byte[] body = exchange.getRequestBody().readAllBytes();
            Mood present = mood;
            if (present == Mood.TAKES) {
                note(exchange.getRequestURI().getPath().substring(1), body, now);
            } else {
                refused.incrementAndGet();
                stall.await();
            }
            exchange.sendResponseHeaders(present == Mood.TAKES ? 204 : 503, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void note(String replica, byte[] body, long now) {
        List<HandedOn> batch = new String(body, StandardCharsets.UTF_8).lines()
                .map(line -> HandedOn.read(line, replica, now)).toList();
        synchronized (taken) {
            if (taken.size() + batch.size() > MAX_EVENTS) {
                throw new IllegalStateException("events: more than " + MAX_EVENTS + " (expected: a shorter test)");
            }
            taken.addAll(batch);
        }
    }

    /// What it took, in the order in which it came.
    public List<HandedOn> taken() {
        synchronized (taken) {
            return List.copyOf(taken);
        }
    }

    @Override
    public void close() {
        recover();
        server.stop(0);
        threads.shutdownNow();
    }
}
