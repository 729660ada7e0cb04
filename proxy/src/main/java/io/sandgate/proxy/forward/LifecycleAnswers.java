package io.sandgate.proxy.forward;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;

/// Sees where the answers of the HTTP server end that has the lifecycle API, behind its encoder, and where another
/// protocol begins, and adds to those of a draining replica that their connection will be closed. Confined to its event loop.
final class LifecycleAnswers extends ChannelOutboundHandlerAdapter {
    private final ClientConnection client;
    private boolean close;

    LifecycleAnswers(ClientConnection client) {
        this.client = client;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse head && head.status().code() >= 200) {
            close = client.requests().isDraining();
            if (close) {
                head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            }
        }
        boolean end = message instanceof LastHttpContent
                && !(message instanceof HttpResponse response && response.status().code() < 200);
        boolean upgraded = message instanceof HttpResponse head
                && head.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
        var _ = context.write(message, promise);
        if (upgraded) {
            client.lifecycleUpgraded();
        } else if (end) {
            client.lifecycleAnswered(close);
        }
    }
}
