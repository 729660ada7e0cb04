package io.sandgate.gateway.stream.webhook.connect;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Says which addresses a name has.
@FunctionalInterface
public interface NameResolver {
    /// The machine's own.
    NameResolver SYSTEM = host -> List.of(InetAddress.getAllByName(host));

    /// The addresses of a name or of a literal; at least one. Blocks.
    List<InetAddress> resolve(String host) throws UnknownHostException;
}
