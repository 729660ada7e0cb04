package io.sandgate.proxy.forward;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;

/// Sees where the answers of the HTTP server end that has the lifecycle API, behind its encoder. Confined to its event loop.
final class LifecycleAnswers extends ChannelOutboundHandlerAdapter {
    private final ClientConnection client;

    LifecycleAnswers(ClientConnection client) {
        this.client = client;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        boolean end = message instanceof LastHttpContent
                && !(message instanceof HttpResponse response && response.status().code() < 200);
        var _ = context.write(message, promise);
        if (end) {
            client.lifecycleAnswered();
        }
    }
}
