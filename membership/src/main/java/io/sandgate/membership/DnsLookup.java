package io.sandgate.membership;

import io.sandgate.membership.Discovery.Dns;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.naming.Context;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.DirContext;
import javax.naming.directory.InitialDirContext;
import org.jgroups.Address;
import org.jgroups.protocols.dns.DNSResolver;
import org.jgroups.stack.IpAddress;

/// Asks DNS for the cluster listeners of the members.
///
/// Implementation note. JGroups' own resolvers give an empty answer for a failure and log it where nobody looks, wait up to
/// 15 s for a server that is silent, and look up the hosts of SRV records elsewhere than asked. This one waits 1.5 s for a
/// server, tells the [Approach] what came of it, and throws nothing: a replica must live on without DNS.
///
/// Without a server of its own, addresses are looked up the way the machine does it, with its search domains, and cached as
/// the JVM is told to by `networkaddress.cache.ttl`.
final class DnsLookup implements DNSResolver {
    /// More than there can be members; a longer answer is cut.
    private static final int MOST = 1_000;
    private static final Pattern SERVICE = Pattern.compile("\\d+ \\d+ (\\d{1,5}) ([A-Za-z0-9._-]{1,255}?)\\.?");

    private final Dns dns;
    private final int port;
    private final Approach approach;

    /// @param port of the members that are found by their addresses
    DnsLookup(Dns dns, int port, Approach approach) {
        this.dns = dns;
        this.port = port;
        this.approach = approach;
    }

    @Override
    public List<Address> resolveIps(String query, DNSRecordType type) {
        try {
            List<InetSocketAddress> listeners = switch (dns.kind()) {
                case A -> hosts(query, port);
                case SRV -> services(query);
            };
            if (listeners.isEmpty()) {
                approach.failed("it has no records of that kind");
            } else {
                approach.found(listeners);
            }
            return listeners.stream().<Address>map(IpAddress::new).toList();
        } catch (NamingException e) {
            approach.failed(String.valueOf(e.getExplanation() == null ? e : e.getExplanation()));
        } catch (UnknownHostException e) {
            approach.failed("no such host: " + e.getMessage());
        } catch (RuntimeException e) {
            // whatever an answer can bring the resolver to
            approach.failed(e.toString());
        }
        return List.of();
    }

    private List<InetSocketAddress> hosts(String name, int at) throws NamingException, UnknownHostException {
        List<InetSocketAddress> found = new ArrayList<>();
        if (dns.server().isPresent()) {
            for (String address : ask(name, "A")) {
                found.add(new InetSocketAddress(InetAddress.ofLiteral(address), at));
            }
        } else {
            for (InetAddress address : InetAddress.getAllByName(name)) {
                found.add(new InetSocketAddress(address, at));
            }
        }
        return found.size() > MOST ? found.subList(0, MOST) : found;
    }

    private List<InetSocketAddress> services(String name) throws NamingException {
        List<InetSocketAddress> found = new ArrayList<>();
        for (String service : ask(name, "SRV")) {
            Matcher matcher = SERVICE.matcher(service);
            if (matcher.matches() && found.size() < MOST) {
                found.addAll(service(matcher.group(2), Integer.parseInt(matcher.group(1))));
            }
        }
        return found;
    }

    /// None for a host that has gone or a port that is none: that does not spoil the others.
    private List<InetSocketAddress> service(String host, int at) {
        try {
            return hosts(host, at);
        } catch (NamingException | UnknownHostException | IllegalArgumentException e) {
            return List.of();
        }
    }

    // the provider for DNS makes strings of answers, and no objects
    @SuppressWarnings("BanJNDI")
    private List<String> ask(String name, String kind) throws NamingException {
        Properties environment = new Properties();
        environment.setProperty(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        environment.setProperty(Context.PROVIDER_URL, dns.server().map(server -> "dns://" + server).orElse("dns:"));
        // 500 ms, and once more 1 s
        environment.setProperty("com.sun.jndi.dns.timeout.initial", "500");
        environment.setProperty("com.sun.jndi.dns.timeout.retries", "2");
        DirContext context = new InitialDirContext(environment);
        try {
            List<String> values = new ArrayList<>();
            Attribute records = context.getAttributes(name, new String[]{kind}).get(kind);
            if (records != null) {
                NamingEnumeration<?> all = records.getAll();
                while (all.hasMore() && values.size() < MOST) {
                    values.add(String.valueOf(all.next()));
                }
            }
            return values;
        } finally {
            context.close();
        }
    }
}
