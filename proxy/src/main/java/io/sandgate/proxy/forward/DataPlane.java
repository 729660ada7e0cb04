package io.sandgate.proxy.forward;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.sandgate.proxy.http2.StreamScratch;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/// The data plane on one event loop: takes each connection of the public listener first. Confined to that event loop.
public final class DataPlane {
    /// The names that Vert.x gives the handlers of an HTTP/1.1 server.
    private static final String DECODER = "httpDecoder";
    private static final String ENCODER = "httpEncoder";
    private static final String CLIENT = "client";

    private final LoopResources loop;
    private final IdleClients idle;
    private final Http2Clients http2;

    /// @param scratch what streams of HTTP/2 read heads with
    DataPlane(LoopResources loop, LifecycleRelay.Server lifecycle, StreamScratch scratch) {
        this.loop = loop;
        this.idle = new IdleClients(loop.eventLoop(), loop.settings(), loop.nanoTime());
        this.http2 = new Http2Clients(loop, idle, lifecycle, scratch);
    }

    /// Puts itself before the HTTP server of a connection that was just accepted. From then on the server gets requests to the
    /// lifecycle API only.
    ///
    /// @throws IllegalArgumentException when the connection is not one of an HTTP/1.1 server over TCP
    public void attach(HttpConnection connection) {
        if (!(connection instanceof ConnectionBase base)) {
            throw new IllegalArgumentException("connection: " + connection + " (expected: one over TCP)");
        }
        // a client that breaks its connection is nothing to log
        connection.exceptionHandler(error -> {});
        Channel channel = base.channel();
        ChannelOptions.configure(channel);
        ChannelPipeline pipeline = channel.pipeline();
        ClientConnection client = ClientConnection.ofConnection(loop, idle,
                read -> http2.take(pipeline.context(CLIENT), read));
        pipeline.addBefore(DECODER, CLIENT, client);
        pipeline.addAfter(ENCODER, "lifecycle-answers", new LifecycleAnswers(client));
    }

    /// Tells each client of HTTP/2 to go elsewhere with its next request.
    void drain() {
        http2.drain();
    }

    void endTunnels() {
        idle.clients().forEach(IdleClients.Client::endTunnel);
    }

    LoopResources loop() {
        return loop;
    }
}
