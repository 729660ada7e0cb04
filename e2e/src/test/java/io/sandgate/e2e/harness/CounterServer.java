package io.sandgate.e2e.harness;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// A program for sandboxes that keeps something in memory, and the template with it:
/// - `/count`: how often it was called, this time included; also a line on its standard output
/// - `/pid`: its pid
/// - `/endless`: a line every 20 ms, for ever
/// - `/slow`: ten lines, one every 100 ms
public final class CounterServer {

    /// Where it listens.
    public static final int PORT = 9000;

    private static final int GAP_MILLIS = 20;

    private CounterServer() {}

    /// The settings of the template `counter`, which sandboxes can run isolated too.
    public static Map<String, String> settings() {
        return Map.of("templates.counter.command", command(), "templates.counter.ready-port", Integer.toString(PORT),
                "sandbox.shown-paths", classes().toString());
    }

    private static Path classes() {
        try {
            return Path.of(CounterServer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String command() {
        return "{java} -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx32m -cp " + classes() + " "
                + CounterServer.class.getName() + " {ip}";
    }

    public static void main(String[] arguments) throws IOException {
        AtomicInteger count = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(arguments[0], PORT), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/count", exchange -> {
            int now = count.incrementAndGet();
            System.out.println("count=" + now);
            answer(exchange, Integer.toString(now));
        });
        server.createContext("/pid", exchange -> answer(exchange, Long.toString(ProcessHandle.current().pid())));
        server.createContext("/endless", exchange -> stream(exchange, Integer.MAX_VALUE, GAP_MILLIS));
        server.createContext("/slow", exchange -> stream(exchange, 10, 5 * GAP_MILLIS));
        server.start();
        System.err.println("counting");
    }

    private static void answer(HttpExchange exchange, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static void stream(HttpExchange exchange, int lines, int gapMillis) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            for (int i = 0; i < lines; i++) {
                out.write("line\n".getBytes(StandardCharsets.UTF_8));
                out.flush();
                Thread.sleep(gapMillis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
