package io.sandgate.sandbox.outbound;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Asks the name servers of this machine.
///
/// Nothing is kept, since sandboxes choose the names: whoever allows all names below one could be asked for any number of
/// them. The JDK's own way would hold a thread for as long as a name server likes.
public final class MachineNames implements NameLookup, AutoCloseable {

    private static final Duration QUERY = Duration.ofSeconds(2);
    private static final Duration WHOLE = Duration.ofSeconds(5);
    private static final int MOST_QUERIES = 8;

    private final MultiThreadIoEventLoopGroup loop;
    private final DnsNameResolver resolver;

    private MachineNames(DnsServerAddressStreamProvider servers) {
        loop = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("sandbox-names", true),
                NioIoHandler.newFactory());
        resolver = new DnsNameResolverBuilder(loop.next()).datagramChannelType(NioDatagramChannel.class)
                .socketChannelType(NioSocketChannel.class).nameServerProvider(servers)
                .resolvedAddressTypes(ResolvedAddressTypes.IPV4_ONLY).searchDomains(List.of())
                .queryTimeoutMillis(QUERY.toMillis()).maxQueriesPerResolve(MOST_QUERIES)
                .resolveCache(NoopDnsCache.INSTANCE).cnameCache(NoopDnsCnameCache.INSTANCE)
                .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE).build();
    }

    /// Asks those that this machine is set up with.
    public static MachineNames open() {
        return new MachineNames(DnsServerAddressStreamProviders.platformDefault());
    }

    /// Asks one name server.
    static MachineNames asking(InetSocketAddress server) {
        return new MachineNames(new SequentialDnsServerAddressStreamProvider(server));
    }

    @Override
    public List<Inet4Address> find(String name) throws IOException {
        Future<List<InetAddress>> answer = resolver.resolveAll(name);
        try {
            if (!answer.await(WHOLE.toMillis(), TimeUnit.MILLISECONDS)) {
                answer.cancel(false);
                throw new IOException("no name server told the addresses of " + name + " in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + name + " was looked up", e);
        }
        if (!answer.isSuccess()) {
            throw new IOException("the addresses of " + name + " were not found", answer.cause());
        }
        return answer.getNow().stream().filter(Inet4Address.class::isInstance).map(Inet4Address.class::cast).toList();
    }

    @Override
    public void close() {
        resolver.close();
        var _ = loop.shutdownGracefully(0, QUERY.toMillis(), TimeUnit.MILLISECONDS);
    }
}
