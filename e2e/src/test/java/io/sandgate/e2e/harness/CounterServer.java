package io.sandgate.e2e.harness;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// A program for sandboxes that keeps something in memory:
/// - `/count`: how often it was called, this time included; also a line on its standard output
/// - `/pid`: its pid
/// - `/endless`: a line every 20 ms, for ever
public final class CounterServer {

    /// Where it listens.
    public static final int PORT = 9000;

    private static final int GAP_MILLIS = 20;

    private CounterServer() {}

    /// The command of a template.
    public static String command() {
        try {
            Path classes = Path.of(CounterServer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            return "{java} -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx32m -cp " + classes + " "
                    + CounterServer.class.getName() + " {ip}";
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
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
        server.createContext("/endless", CounterServer::stream);
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

    private static void stream(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            while (!Thread.currentThread().isInterrupted()) {
                out.write("line\n".getBytes(StandardCharsets.UTF_8));
                out.flush();
                Thread.sleep(GAP_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
