package io.sandgate.proxy.forward;

import io.netty.channel.Channel;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The clients whose requests a [LifecycleRelay] passes on, by its end of the connection to the server: as long as that is open,
/// nobody else can have its address, and what a client sends says nothing of it. Safe for any thread.
final class RelayedClients {
    private final Map<java.net.SocketAddress, InetSocketAddress> clients = new ConcurrentHashMap<>();

    /// A relay has connected to the server, and has not sent anything yet.
    ///
    /// @param relay its end
    /// @param client from where the request comes
    void begun(Channel relay, java.net.SocketAddress client) {
        java.net.SocketAddress end = relay.localAddress();
        if (client instanceof InetSocketAddress address && end != null) {
            clients.put(end, address);
            relay.closeFuture().addListener(closed -> clients.remove(end, address));
        }
    }

    /// Gives a connection of the server the address of the client whose requests come over it. To be called before anybody asks
    /// for that; of one that is not a relay's nothing changes.
    void name(HttpConnection connection) {
        if (connection instanceof ConnectionBase base) {
            java.net.SocketAddress end = base.channel().remoteAddress();
            InetSocketAddress client = end == null ? null : clients.get(end);
            if (client != null) {
                base.channel().attr(ConnectionBase.REMOTE_ADDRESS_OVERRIDE)
                        .set(SocketAddress.inetSocketAddress(client));
            }
        }
    }
}
