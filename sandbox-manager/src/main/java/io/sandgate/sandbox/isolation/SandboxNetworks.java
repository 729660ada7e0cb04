package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.driver.Ipv4Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
/// Implementation note. Interfaces are named `sg` and the address in hex. The firewall is one nftables table for each
/// replica, with three sets: `own`, each interface and the one address that may come from it; `out`, the addresses that may
/// reach the world without rules; and the interfaces; and with a chain for each sandbox that has rules. What comes from a
/// sandbox to the machine or to be forwarded is dropped unless it answers what the machine began, or goes to the world as
/// it may. Each packet of a connection that a sandbox began is looked at, so that new rules hold for it too. The sandbox'
/// own namespace belongs to the machine, so its root cannot change interfaces or addresses there; it has no name, since each
/// name is a mount, and the more mounts a machine has the longer each further sandbox takes to start.
public final class SandboxNetworks {

    private static final Logger log = LoggerFactory.getLogger(SandboxNetworks.class);

    private static final int RUNTIME_PORT = 49_983;
    private static final String PREFIX = "sg";
    /// Has the names of the interfaces of the network that the reader is in.
    private static final Path INTERFACES = Path.of("/proc/sys/net/ipv4/conf");

    private final String table;
    private final String gateway;
    private final List<String> nameServers;

    /// @param name tells the replica's table from others
    /// @param gateway the machine's own address towards its sandboxes
    /// @param nameServers whom sandboxes that reach the world may ask for names, wherever they are
    private SandboxNetworks(String name, String gateway, List<String> nameServers) {
        this.table = "sandgate_" + name;
        this.gateway = gateway;
        this.nameServers = List.copyOf(nameServers);
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
    public static SandboxNetworks open(String name, String gateway, List<String> nameServers) throws IOException {
        SandboxNetworks networks = new SandboxNetworks(name, gateway, nameServers);
        Commands.run(networks.rules(), "nft", "--check", "-f", "-");
        if (Files.exists(Path.of("/proc/sys/net/ipv4/ip_forward"))) {
            Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), "1");
        }
        return networks;
    }

    private String rules() {
        String servers = nameServers.isEmpty() ? "" : "    ip saddr @out " + asking(nameServers) + '\n';
        // Declaring the table before deleting it makes the deletion succeed also the first time.
        return """
                table inet %1$s {}
                delete table inet %1$s
                table inet %1$s {
                  set interfaces { type ifname; }
                  set own { type ifname . ipv4_addr; }
                  set out { type ipv4_addr; }
                  set closed { type ipv4_addr; flags interval; elements = { %4$s } }
                  map rules { type ipv4_addr : verdict; }
                  map runtime { type ipv4_addr : ipv4_addr; }
                  chain to_runtime {
                    type nat hook output priority -100; policy accept;
                    tcp dport %3$d dnat ip to ip daddr map @runtime
                  }
                  chain from_sandbox {
                    iifname . ip saddr != @own drop
                    ct state related accept
                    ct state established ct direction reply accept
                    ip saddr vmap @rules
                %2$s    ip daddr @closed drop
                    ip saddr @out accept
                    drop
                  }
                  chain input {
                    type filter hook input priority filter - 10; policy accept;
                    iifname @interfaces ct state established,related accept
                    iifname @interfaces drop
                  }
                  chain forward {
                    type filter hook forward priority filter - 10; policy accept;
                    iifname @interfaces goto from_sandbox
                    oifname @interfaces ct state established,related accept
                    oifname @interfaces drop
                  }
                  chain outbound {
                    type nat hook postrouting priority srcnat; policy accept;
                    iifname @interfaces masquerade
                  }
                }
                """
                .formatted(table, servers, RUNTIME_PORT, elements(Egress.CLOSED));
    }

    /// The lines of a shell, outside of a sandbox' network that is still to be made, that let it reach what it may. As those
    /// of [#joining], they write nothing but errors, and end with the first of them.
    String admitting(Living one) {
        return "nft -f - <<'END'\n" + entries(one) + "END\n";
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

    /// Sets anew what a sandbox reaches: whole, or not at all.
    ///
    /// @throws IOException also when the sandbox has no network any more
    public void update(String address, Egress egress) throws IOException {
        // to take out what is not there fails, and with it all the rest
        Commands.run("""
                delete element inet %1$s own { %2$s . %3$s }
                add element inet %1$s own { %2$s . %3$s }
                %4$s%5$s
                """.formatted(table, name(address), address, nothing(address), reach(address, egress)), "nft", "-f",
                "-");
    }

    /// Removes a sandbox' network. What is not there counts as removed.
    public void remove(String address, String runtime) throws IOException {
        String name = name(address);
        String element = "element inet " + table;
        Commands.run("""
                add %1$s interfaces { %2$s }
                add %1$s own { %2$s . %3$s }
                add %1$s runtime { %3$s : %4$s }
                delete %1$s interfaces { %2$s }
                delete %1$s own { %2$s . %3$s }
                delete %1$s runtime { %3$s : %4$s }
                %5$s
                """.formatted(element, name, address, runtime, nothing(address)), "nft", "-f", "-");
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
    public void recover(List<Living> living) throws IOException {
        StringBuilder rules = new StringBuilder(rules());
        for (Living one : living) {
            rules.append(entries(one));
        }
        Commands.run(rules.toString(), "nft", "-f", "-");
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

    private String entries(Living one) {
        return """
                add element inet %1$s interfaces { %2$s }
                add element inet %1$s own { %2$s . %3$s }
                add element inet %1$s runtime { %3$s : %4$s }
                %5$s
                """.formatted(table, name(one.address()), one.address(), one.runtime(),
                reach(one.address(), one.egress()));
    }

    /// Lets a sandbox that reaches nothing reach what it may.
    private String reach(String address, Egress egress) {
        if (egress.isPlain()) {
            return egress.internet() ? "add element inet " + table + " out { " + address + " }" : "";
        }
        List<String> rules = new ArrayList<>();
        List<String> servers = nameServers.stream().filter(server -> egress.reaches(Ipv4Range.parse(server))).toList();
        if (!servers.isEmpty()) {
            rules.add(asking(servers));
        }
        rules.add("ip daddr @closed drop");
        if (!egress.allowed().isEmpty()) {
            rules.add("ip daddr { " + elements(egress.allowed()) + " } accept");
        }
        if (!egress.denied().isEmpty()) {
            rules.add("ip daddr { " + elements(egress.denied()) + " } drop");
        }
        rules.add(egress.internet() ? "accept" : "drop");
        StringBuilder text = new StringBuilder("add chain inet %1$s %2$s\n".formatted(table, name(address)));
        rules.forEach(rule -> text.append("add rule inet %s %s %s\n".formatted(table, name(address), rule)));
        return text
                .append("add element inet %1$s rules { %3$s : goto %2$s }\n".formatted(table, name(address), address))
                .toString();
    }

    /// Lets a sandbox reach nothing. What is added before it is taken out may be there already, or not.
    private String nothing(String address) {
        return """
                add element inet %1$s out { %3$s }
                delete element inet %1$s out { %3$s }
                add chain inet %1$s %2$s
                add element inet %1$s rules { %3$s : goto %2$s }
                delete element inet %1$s rules { %3$s : goto %2$s }
                flush chain inet %1$s %2$s
                delete chain inet %1$s %2$s
                """.formatted(table, name(address), address);
    }

    private static String asking(List<String> servers) {
        return "ip daddr { " + String.join(", ", servers) + " } meta l4proto { tcp, udp } th dport 53 accept";
    }

    private static String elements(List<Ipv4Range> ranges) {
        return ranges.stream().map(Ipv4Range::toString).collect(Collectors.joining(", "));
    }

    /// Removes the firewall, which no sandbox needs any more.
    public void close() throws IOException {
        Commands.run("", "nft", "delete", "table", "inet", table);
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
