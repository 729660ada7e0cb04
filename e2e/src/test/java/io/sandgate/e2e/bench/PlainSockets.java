package io.sandgate.e2e.bench;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.util.ArrayList;
import java.util.List;

/// What a stream of events is compared with, in a JVM of its own: it writes the same frame to each socket that is open, so
/// many times a second, and does nothing else.
///
/// The path of a socket's opening request does not matter. Frames are encoded once, and each is written to each socket.
final class PlainSockets extends AbstractVerticle {

    private static final int EVERY_MILLIS = 5;

    private final int port;
    private final int perSecond;
    private final Buffer text;
    private final List<ServerWebSocket> sockets = new ArrayList<>();
    private long began;
    private long done;

    private PlainSockets(int port, int perSecond, int bytes) {
        this.port = port;
        this.perSecond = perSecond;
        this.text = Buffer.buffer("x".repeat(bytes));
    }

    /// Arguments: the port, how many frames a second and socket, of how many bytes. It ends with its standard input.
    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        int perSecond = Integer.parseInt(arguments[1]);
        int bytes = Integer.parseInt(arguments[2]);
        // without a configuration the tests' logger would write each thing that Netty does
        System.setProperty("vertx.logger-delegate-factory-class-name", "io.vertx.core.logging.JULLogDelegateFactory");
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        Vertx vertx = Vertx.vertx();
        vertx.deployVerticle(() -> new PlainSockets(port, perSecond, bytes),
                new DeploymentOptions().setInstances(Runtime.getRuntime().availableProcessors()))
                .toCompletionStage().toCompletableFuture().get();
        System.out.println("listening");
        while (System.in.read() >= 0) {
            // until whoever started it is gone
        }
        System.exit(0);
    }

    @Override
    public void start() {
        vertx.createHttpServer(new HttpServerOptions().setPerMessageWebSocketCompressionSupported(false)
                .setPerFrameWebSocketCompressionSupported(false)).webSocketHandler(sockets::add)
                .listen(port, "127.0.0.1");
        began = System.nanoTime();
        vertx.setPeriodic(EVERY_MILLIS, timer -> write());
    }

    private void write() {
        long due = perSecond * (System.nanoTime() - began) / 1_000_000_000 - done;
        done += due;
        for (long i = 0; i < due; i++) {
            for (ServerWebSocket socket : sockets) {
                if (!socket.isClosed()) {
                    socket.writeFrame(WebSocketFrame.binaryFrame(text, true));
                }
            }
        }
    }
}
