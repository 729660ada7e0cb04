package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.outbound.OutboundRelay;
import io.sandgate.sandbox.outbound.OutboundRelay.Ports;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The networks of the sandboxes of one replica: a network namespace for each, joined to the machine by a pair of virtual
/// interfaces, and a firewall between them.
///
/// A sandbox has one address. From the machine it is reached there; from within, nothing of the machine is reached: not
/// its loopback, not its services, no other sandbox, no private or link-local network, and so no cloud's metadata. The
/// rest of the world is reached only where the sandbox is allowed to.
///
/// Implementation note. Interfaces are named `sg` and the address in hex. The firewall is a [Ruleset]. The sandbox' own
/// namespace belongs to the machine, so its root cannot change interfaces or addresses there; it has no name, since each
/// name is a mount, and the more mounts a machine has the longer each further sandbox takes to start.
public final class SandboxNetworks {

    private static final Logger log = LoggerFactory.getLogger(SandboxNetworks.class);

    private static final String PREFIX = "sg";
    /// Has the names of the interfaces of the network that the reader is in.
    private static final Path INTERFACES = Path.of("/proc/sys/net/ipv4/conf");

    private final Ruleset ruleset;
    private final String gateway;
    private final OutboundRelay relay;
    /// Whether the machine has the gateway's address for what listens there.
    private boolean listening;

    private SandboxNetworks(Ruleset ruleset, String gateway, OutboundRelay relay) {
        this.ruleset = ruleset;
        this.gateway = gateway;
        this.relay = relay;
    }

    /// Whether this process can have networks at all; else why not.
    static String missing() {
        for (String program : List.of("ip", "nft", "nsenter")) {
            if (!Commands.has(program)) {
                return "the program " + program + " is missing";
            }
        }
        return "";
    }

    /// Makes sure that the firewall can be set up, and leaves one that is there as it is until [#recover].
    ///
    /// @param name tells the replica's table from others
    /// @param gateway the machine's own address towards its sandboxes
    /// @param nameServers whom sandboxes that reach the world may ask for names, wherever they are
    /// @param relay where connections go that may reach the world by names
    public static SandboxNetworks open(String name, String gateway, List<String> nameServers, OutboundRelay relay)
            throws IOException {
        SandboxNetworks networks = new SandboxNetworks(new Ruleset("sandgate_" + name, gateway, nameServers), gateway,
                relay);
        Commands.run(networks.ruleset.base(), "nft", "--check", "-f", "-");
        if (Files.exists(Path.of("/proc/sys/net/ipv4/ip_forward"))) {
            Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), "1");
        }
        return networks;
    }

    /// The lines of a shell, outside of a sandbox' network that is still to be made, that let it reach what it may. As those
    /// of [#joining], they write nothing but errors, and end with the first of them.
    String admitting(Living one) throws IOException {
        Optional<Ports> ports = ports(one.egress());
        relay.set(one.address(), one.egress());
        return "nft -f - <<'END'\n" + ruleset.entries(name(one.address()), one, ports) + "END\n";
    }

    /// The lines of a shell, alone in a fresh network namespace, that join it to the machine as a sandbox' network.
    String joining(Living one) {
        return """
                nsenter --net=/proc/%4$d/ns/net -- ip -batch - <<END
                link add %1$s type veth peer name eth0 netns $$
                addr add %2$s/32 dev %1$s
                link set %1$s up
                route add %3$s/32 dev %1$s src %2$s
                END
                ip -batch - <<END
                link set lo up
                addr add %3$s/32 dev eth0
                link set eth0 up
                route add %2$s/32 dev eth0
                route add default via %2$s
                END
                """.formatted(name(one.address()), gateway, one.address(), ProcessHandle.current().pid());
    }

    /// Where connections by name go, when there may be any.
    private synchronized Optional<Ports> ports(Egress egress) throws IOException {
        if (egress.domains().isEmpty()) {
            return Optional.empty();
        }
        if (!listening) {
            // the interfaces of sandboxes have it too, but the first of them is still to come
            Commands.run("", "ip", "addr", "replace", gateway + "/32", "dev", "lo", "scope", "host");
            listening = true;
        }
        return Optional.of(relay.ports(gateway));
    }

    /// Sets anew what a sandbox reaches: whole, or not at all.
    ///
    /// @throws IOException also when the sandbox has no network any more
    public void update(String address, Egress egress) throws IOException {
        Commands.run(ruleset.change(name(address), address, egress, ports(egress)), "nft", "-f", "-");
        // the other order would end connections for rules that may not come to be
        relay.set(address, egress);
    }

    /// Removes a sandbox' network. What is not there counts as removed.
    public void remove(String address, String runtime) throws IOException {
        relay.forget(address);
        String name = name(address);
        Commands.run(ruleset.without(name, address, runtime), "nft", "-f", "-");
        cut(name);
    }

    /// Removes a sandbox' interfaces, which end by themselves some time after its last process.
    private static void cut(String name) throws IOException {
        if (Files.exists(INTERFACES.resolve(name))) {
            try {
                Commands.run("", "ip", "link", "del", name);
            } catch (IOException e) {
                if (Files.exists(INTERFACES.resolve(name))) {
                    throw e;
                }
            }
        }
    }

    /// One sandbox that lives.
    ///
    /// @param runtime the machine's address where its port 49983 answers
    public record Living(String address, String runtime, Egress egress) {}

    /// Sets the firewall up anew with the sandboxes that live, in one step: they are never without it.
    ///
    /// @throws IOException when that failed; a firewall that was there holds on
    public synchronized void recover(List<Living> living) throws IOException {
        StringBuilder rules = new StringBuilder(ruleset.base());
        for (Living one : living) {
            relay.set(one.address(), one.egress());
            rules.append(ruleset.entries(name(one.address()), one, recoveredPorts(one)));
        }
        Commands.run(rules.toString(), "nft", "-f", "-");
        if (!listening && hasGateway()) {
            // an earlier life of the replica was killed, and nothing listens in this one
            Commands.run("", "ip", "addr", "del", gateway + "/32", "dev", "lo");
        }
    }

    private boolean hasGateway() throws SocketException {
        NetworkInterface loopback = NetworkInterface.getByName("lo");
        return loopback != null
                && loopback.inetAddresses().anyMatch(address -> address.getHostAddress().equals(gateway));
    }

    /// One sandbox that is broken is to keep no replica from its start.
    private Optional<Ports> recoveredPorts(Living one) {
        try {
            return ports(one.egress());
        } catch (IOException e) {
            log.warn("network.names-not-reached address={} reason={}", one.address(), e.getMessage());
            return Optional.empty();
        }
    }

    /// Removes the networks of sandboxes that do not live.
    ///
    /// @param ours whether an address is this replica's
    public void clear(List<Living> living, Predicate<String> ours) throws IOException {
        Set<String> kept = living.stream().map(Living::address).collect(Collectors.toSet());
        for (String address : addresses()) {
            if (ours.test(address) && !kept.contains(address)) {
                try {
                    cut(name(address));
                } catch (IOException e) {
                    log.info("network.not-removed-whole address={} reason={}", address, e.getMessage());
                }
            }
        }
    }

    /// Removes the firewall, which no sandbox needs any more.
    public void close() throws IOException {
        Commands.run("", "nft", "delete", "table", "inet", ruleset.table());
        leaveGateway();
    }

    /// Leaves the firewall to the sandboxes that live on, and leads none to ports that are somebody else's from now on.
    public void letGo() throws IOException {
        if (relay.ports().isPresent()) {
            Commands.run(ruleset.alone(), "nft", "-f", "-");
        }
        leaveGateway();
    }

    private synchronized void leaveGateway() throws IOException {
        if (listening) {
            listening = false;
            Commands.run("", "ip", "addr", "del", gateway + "/32", "dev", "lo");
        }
    }

    private static List<String> addresses() throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> interfaces = Files.list(INTERFACES)) {
            interfaces.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches(PREFIX + "[0-9a-f]{8}"))
                    .forEach(name -> found.add(address(name.substring(PREFIX.length()))));
        }
        return found;
    }

    private static String name(String address) {
        StringBuilder hex = new StringBuilder(PREFIX);
        for (String part : address.split("\\.", -1)) {
            hex.append("%02x".formatted(Integer.parseInt(part)));
        }
        return hex.toString();
    }

    private static String address(String hex) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < hex.length(); i += 2) {
            parts.add(Integer.toString(Integer.parseInt(hex.substring(i, i + 2), 16)));
        }
        return String.join(".", parts);
    }
}
