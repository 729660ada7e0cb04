package io.sandgate.proxy.forward;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Connects to sandboxes, more than once where it must: a server in a sandbox may just be restarting.
final class Connector {

    private final EventLoop loop;
    private final Bootstrap bootstrap;
    private final ForwardSettings settings;
    private final ForwardMetrics metrics;
    private final LongSupplier nanoTime;

    /// @param loop on which the connections live
    Connector(Vertx vertx, EventLoop loop, ForwardSettings settings, ForwardMetrics metrics, LongSupplier nanoTime) {
        this.loop = loop;
        this.settings = settings;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
        this.bootstrap = bootstrap(vertx, loop)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        // whoever leases it adds what reads from it
                    }
                });
    }

    /// What makes connections on an event loop.
    static Bootstrap bootstrap(Vertx vertx, EventLoop loop) {
        return ChannelOptions.configure(new Bootstrap().group(loop)
                .channelFactory(((VertxInternal) vertx).transport().channelFactory(false)));
    }

    /// Connects to a port, on the present event loop.
    ///
    /// @param done takes the connection, or null when all attempts failed or the sandbox is gone
    void connect(LifePool life, int port, Consumer<@Nullable Channel> done) {
        InetSocketAddress address = new InetSocketAddress(life.address(), port);
        attempt(life, address, 1, nanoTime.getAsLong() + settings.upstreams().connectTimeout().toNanos(), done);
    }

    private void attempt(LifePool life, InetSocketAddress address, int number, long deadline,
            Consumer<@Nullable Channel> done) {
        if (life.isOver()) {
            done.accept(null);
            return;
        }
        long left = (deadline - nanoTime.getAsLong()) / 1_000_000;
        int attempts = settings.upstreams().connectAttempts() - number + 1;
        ChannelFuture connecting = bootstrap.clone()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.max(1, left / attempts)).connect(address);
        connecting.addListener(result -> {
            metrics.connected(result.isSuccess());
            long wait = Math.max(1, settings.upstreams().connectBackoff().toMillis() * number);
            boolean again = number < settings.upstreams().connectAttempts()
                    && deadline - nanoTime.getAsLong() > wait * 1_000_000;
            if (result.isSuccess()) {
                connected(connecting.channel(), address.getPort(), done);
            } else if (again) {
                var _ = loop.schedule(() -> attempt(life, address, number + 1, deadline, done), wait,
                        TimeUnit.MILLISECONDS);
            } else {
                done.accept(null);
            }
        });
    }

    private void connected(Channel channel, int port, Consumer<@Nullable Channel> done) {
        if (!settings.protocols().tls().contains(port)) {
            done.accept(channel);
            return;
        }
        boolean http2 = settings.protocols().http2().contains(port);
        SslHandler tls = SandboxTls.handler(channel.alloc(), http2);
        tls.setHandshakeTimeoutMillis(settings.upstreams().connectTimeout().toMillis());
        channel.pipeline().addLast(tls);
        tls.handshakeFuture().addListener(shaken -> {
            boolean agreed = shaken.isSuccess() && SandboxTls.isAgreed(tls, http2);
            if (!agreed) {
                ChannelFuture _ = channel.close();
            }
            done.accept(agreed ? channel : null);
        });
    }
}
