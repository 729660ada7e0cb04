package io.sandgate.gateway.shard.connect;

import io.sandgate.gateway.shard.session.Upstream;
import io.sandgate.proxy.replicate.Loop;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.http.WebSocketFrame;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Opens WebSockets to the upstream with Vert.x.
///
/// To be used on the loop's own context, so that a connection's events come there as well.
public final class WebSocketUpstream implements Upstream, AutoCloseable {
    private static final int TLS_PORT = 443;
    private static final int PLAIN_PORT = 80;
    private static final int MAX_FRAME = 1 << 20;

    private final Loop loop;
    private final WebSocketClient client;
    private final int maxMessage;

    /// @param maxMessage the most bytes a message may have as it comes
    /// @param connectTimeout until TCP is connected
    public WebSocketUpstream(Vertx vertx, Loop loop, int maxMessage, Duration connectTimeout) {
        this.loop = loop;
        this.maxMessage = maxMessage;
        this.client = vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(1 << 20)
                .setMaxFrameSize(MAX_FRAME).setMaxMessageSize(maxMessage).setTryUsePerFrameCompression(false)
                .setTryUsePerMessageCompression(false).setConnectTimeout((int) connectTimeout.toMillis()));
    }

    @Override
    public Connection dial(URI url, Listener listener) {
        boolean tls = url.getScheme().equals("wss");
        int port = url.getPort() >= 0 ? url.getPort() : tls ? TLS_PORT : PLAIN_PORT;
        ClientWebSocket socket = client.webSocket();
        Dialled dialled = new Dialled(socket, listener, maxMessage);
        // before it connects: HELLO can come with the answer to the upgrade
        socket.frameHandler(dialled::frame);
        socket.exceptionHandler(broken -> {});
        socket.closeHandler(closed -> dialled.closed());
        socket.connect(new WebSocketConnectOptions().setSsl(tls).setHost(url.getHost()).setPort(port)
                .setURI(url.getRawPath() + "?" + url.getRawQuery())).onComplete(opened -> loop.execute(() -> {
                    if (opened.succeeded()) {
                        dialled.open();
                    } else {
                        dialled.failed(opened.cause());
                    }
                }));
        return dialled;
    }

    @Override
    public void close() {
        client.close();
    }

    private static final class Dialled implements Connection {
        private final ClientWebSocket socket;
        private final Listener listener;
        private final int maxMessage;
        private final Queue<byte[]> early = new ArrayDeque<>();
        private @Nullable Buffer parts;
        private boolean open;
        private boolean over;

        Dialled(ClientWebSocket socket, Listener listener, int maxMessage) {
            this.socket = socket;
            this.listener = listener;
            this.maxMessage = maxMessage;
        }

        void open() {
            open = true;
            if (over) {
                socket.close();
                return;
            }
            listener.opened();
            while (!over && !early.isEmpty()) {
                listener.frame(early.remove());
            }
            if (!over && socket.isClosed()) {
                closed();
            }
        }

        /// Puts the parts of a message together. One that gets too long is passed on in part: nobody can read that.
        void frame(WebSocketFrame frame) {
            if (over || !(frame.isText() || frame.isBinary() || frame.isContinuation())) {
                return;
            }
            Buffer message = parts == null ? frame.binaryData() : parts.appendBuffer(frame.binaryData());
            if (!frame.isFinal() && message.length() <= maxMessage) {
                parts = parts == null ? Buffer.buffer().appendBuffer(message) : message;
                return;
            }
            parts = null;
            if (open) {
                listener.frame(message.getBytes());
            } else {
                early.add(message.getBytes());
            }
        }

        void closed() {
            if (open && !over) {
                over = true;
                Short code = socket.closeStatusCode();
                listener.closed(code == null ? NO_CODE : Short.toUnsignedInt(code));
            }
        }

        void failed(Throwable cause) {
            if (!over) {
                over = true;
                listener.failed(cause instanceof UpgradeRejectedException rejected
                        ? "status " + rejected.getStatus()
                        : String.valueOf(cause.getMessage()));
            }
        }

        @Override
        public void send(Buffer text) {
            if (open && !over && !socket.isClosed()) {
                socket.writeTextMessage(text.toString());
            }
        }

        @Override
        public void close(int code) {
            over = true;
            if (open && !socket.isClosed()) {
                socket.resume();
                socket.close((short) code);
            }
        }

        @Override
        public void pause() {
            if (open) {
                socket.pause();
            }
        }

        @Override
        public void resume() {
            if (open) {
                socket.resume();
            }
        }
    }
}
