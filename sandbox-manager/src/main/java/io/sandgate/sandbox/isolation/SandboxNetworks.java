package io.sandgate.sandbox.isolation;

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
/// reach the world; and the interfaces. What comes from a sandbox to the machine or to be forwarded is dropped unless it
/// answers what the machine began, or goes to the world from an address in `out`. The sandbox' own namespace belongs to
/// the machine, so its root cannot change interfaces or addresses there.
public final class SandboxNetworks {

    private static final Logger log = LoggerFactory.getLogger(SandboxNetworks.class);

    private static final int RUNTIME_PORT = 49_983;
    private static final String PREFIX = "sg";
    private static final Path NAMESPACES = Path.of("/run/netns");

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
        String servers = nameServers.isEmpty()
                ? ""
                : "    ip saddr @out ip daddr { " + String.join(", ", nameServers)
                        + " } meta l4proto { tcp, udp } th dport 53 accept\n";
        // Declaring the table before deleting it makes the deletion succeed also the first time.
        return """
                table inet %1$s {}
                delete table inet %1$s
                table inet %1$s {
                  set interfaces { type ifname; }
                  set own { type ifname . ipv4_addr; }
                  set out { type ipv4_addr; }
                  map runtime { type ipv4_addr : ipv4_addr; }
                  chain to_runtime {
                    type nat hook output priority -100; policy accept;
                    tcp dport %3$d dnat ip to ip daddr map @runtime
                  }
                  chain from_sandbox {
                    iifname . ip saddr != @own drop
                    ct state established,related accept
                %2$s    ip daddr { 0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.0.0.0/24, 192.168.0.0/16, 198.18.0.0/15, 224.0.0.0/3 } drop
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
                    iifname @interfaces ip saddr @out masquerade
                  }
                }
                """
                .formatted(table, servers, RUNTIME_PORT);
    }

    /// Makes a sandbox' network.
    ///
    /// @param runtime the machine's address where the sandbox' port 49983 answers
    /// @param internet whether it reaches the world
    public void create(String address, String runtime, boolean internet) throws IOException {
        String name = name(address);
        Commands.run("""
                netns add %1$s
                link add %1$s type veth peer name eth0 netns %1$s
                addr add %2$s/32 dev %1$s
                link set %1$s up
                route add %3$s/32 dev %1$s src %2$s
                """.formatted(name, gateway, address), "ip", "-batch", "-");
        Commands.run("""
                link set lo up
                addr add %2$s/32 dev eth0
                link set eth0 up
                route add %1$s/32 dev eth0
                route add default via %1$s
                """.formatted(gateway, address), "ip", "-n", name, "-batch", "-");
        Commands.run(elements(new Living(address, runtime, internet)), "nft", "-f", "-");
    }

    /// Removes a sandbox' network. What is not there counts as removed.
    public void remove(String address, String runtime) throws IOException {
        String name = name(address);
        if (Files.notExists(NAMESPACES.resolve(name))) {
            return;
        }
        String element = "element inet " + table;
        Commands.run("""
                add %1$s interfaces { %2$s }
                add %1$s own { %2$s . %3$s }
                add %1$s out { %3$s }
                add %1$s runtime { %3$s : %4$s }
                delete %1$s interfaces { %2$s }
                delete %1$s own { %2$s . %3$s }
                delete %1$s out { %3$s }
                delete %1$s runtime { %3$s : %4$s }
                """.formatted(element, name, address, runtime), "nft", "-f", "-");
        Commands.run("link del " + name + "\nnetns del " + name + "\n", "ip", "-force", "-batch", "-");
    }

    /// One sandbox that lives.
    ///
    /// @param runtime the machine's address where its port 49983 answers
    /// @param internet whether it reaches the world
    public record Living(String address, String runtime, boolean internet) {}

    /// Sets the firewall up anew with the sandboxes that live, in one step: they are never without it.
    ///
    /// @throws IOException when that failed; a firewall that was there holds on
    public void recover(List<Living> living) throws IOException {
        StringBuilder rules = new StringBuilder(rules());
        for (Living one : living) {
            rules.append(elements(one));
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
                    Commands.run("link del %1$s\nnetns del %1$s\n".formatted(name(address)), "ip", "-force", "-batch",
                            "-");
                } catch (IOException e) {
                    log.info("network.not-removed-whole address={} reason={}", address, e.getMessage());
                }
            }
        }
    }

    private String elements(Living one) {
        return """
                add element inet %1$s interfaces { %2$s }
                add element inet %1$s own { %2$s . %3$s }
                add element inet %1$s runtime { %3$s : %4$s }
                %5$s
                """.formatted(table, name(one.address()), one.address(), one.runtime(),
                one.internet() ? "add element inet " + table + " out { " + one.address() + " }" : "");
    }

    /// Removes the firewall, which no sandbox needs any more.
    public void close() throws IOException {
        Commands.run("", "nft", "delete", "table", "inet", table);
    }

    /// The words that run a program in a sandbox' network.
    static List<String> within(String address) {
        return List.of("nsenter", "--net=" + NAMESPACES.resolve(name(address)), "--");
    }

    private static List<String> addresses() throws IOException {
        List<String> found = new ArrayList<>();
        if (Files.isDirectory(NAMESPACES)) {
            try (Stream<Path> files = Files.list(NAMESPACES)) {
                files.map(file -> file.getFileName().toString())
                        .filter(name -> name.matches(PREFIX + "[0-9a-f]{8}"))
                        .forEach(name -> found.add(address(name.substring(PREFIX.length()))));
            }
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
