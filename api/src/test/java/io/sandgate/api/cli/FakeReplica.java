package io.sandgate.api.cli;

import com.sun.net.httpserver.HttpServer;
import io.sandgate.membership.Endpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/// The program with a replica in it that has an admin listener and nothing else.
///
/// The variable `FAKE` says what goes wrong: `dies=<id>` for a replica whose start fails, `hangs=<id>` for one that
/// never gets ready.
final class FakeReplica implements RunningReplica {

    private final int port;
    private final HttpServer server;

    private FakeReplica(int port) {
        this.port = port;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/readyz", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    public static void main(String[] arguments) {
        StopRequest stop = new StopRequest(Runtime.getRuntime()::addShutdownHook, () -> System.exit(0));
        String wrong = System.getenv().getOrDefault("FAKE", "");
        CliContext context = new CliContext(System.in, new PrintWriter(System.out, true, System.out.charset()),
                new PrintWriter(System.err, true, System.err.charset()), false, System.getenv(),
                Path.of("").toAbsolutePath(), InstantSource.system(),
                System::nanoTime, new Random(7), () -> "host", FakeReplica::program, (settings, keys) -> {
                    if (wrong.equals("dies=" + settings.replica().id())) {
                        throw new IllegalStateException("no luck for " + settings.replica().id());
                    }
                    if (wrong.equals("hangs=" + settings.replica().id())) {
                        hang();
                    }
                    return new FakeReplica(settings.admin().port());
                }, stop);
        int code = new CommandLineTool(context).run(arguments);
        stop.finish(code);
        System.exit(code);
    }

    /// The command that starts this program.
    static List<String> program() {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), FakeReplica.class.getName());
    }

    private static void hang() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String publicUrl() {
        return "http://" + publicEndpoint();
    }

    @Override
    public Endpoint publicEndpoint() {
        return new Endpoint("127.0.0.1", port);
    }

    @Override
    public Endpoint peerEndpoint() {
        return publicEndpoint();
    }

    @Override
    public Endpoint adminEndpoint() {
        return publicEndpoint();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
