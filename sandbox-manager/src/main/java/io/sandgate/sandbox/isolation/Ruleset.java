package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.driver.Ipv4Range;
import io.sandgate.sandbox.isolation.SandboxNetworks.Living;
import io.sandgate.sandbox.outbound.OutboundRelay.Ports;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The words of the firewall of one replica: one nftables table, and what is added to it and taken out for each sandbox.
///
/// Implementation note. There are sets: `own`, each interface and the one address that may come from it; `out`, the
/// addresses that may reach the world without rules; the interfaces; and the ports where connections by name go. Each
/// sandbox that has rules has a chain for what it sends, and one that is allowed names another for its connections to HTTP
/// and TLS, which go to the replica unless their address is allowed. What comes from a sandbox to the machine or to be
/// forwarded is dropped unless it answers what the machine began, goes where its chains lead it, or to the world as it may.
/// Each packet of a connection that a sandbox began is looked at, so that new rules hold for it too, except where the
/// replica relays it, which ends it then.
///
/// @param table its name
/// @param gateway the machine's own address towards its sandboxes
/// @param nameServers whom sandboxes that reach the world may ask for names, wherever they are
record Ruleset(String table, String gateway, List<String> nameServers) {

    private static final int RUNTIME_PORT = 49_983;

    Ruleset {
        nameServers = List.copyOf(nameServers);
    }

    /// All of it without sandboxes, in place of what was there.
    String base() {
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
                  set relay { type inet_service; }
                  map rules { type ipv4_addr : verdict; }
                  map names { type ipv4_addr : verdict; }
                  map runtime { type ipv4_addr : ipv4_addr; }
                  chain to_runtime {
                    type nat hook output priority -100; policy accept;
                    tcp dport %3$d dnat ip to ip daddr map @runtime
                  }
                  chain by_name {
                    type nat hook prerouting priority dstnat; policy accept;
                    iifname . ip saddr @own ip daddr != @closed tcp dport { 80, 443 } ip saddr vmap @names
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
                  chain to_machine {
                    iifname . ip saddr != @own drop
                    ct state established,related accept
                    ct status dnat ip daddr %5$s tcp dport @relay accept
                    drop
                  }
                  chain input {
                    type filter hook input priority filter - 10; policy accept;
                    iifname @interfaces goto to_machine
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
                .formatted(table, servers, RUNTIME_PORT, elements(Egress.CLOSED), gateway);
    }

    /// What is added for a sandbox.
    ///
    /// @param name of its interface
    /// @param ports where its connections by name go; none when it has none, or nobody takes them
    String entries(String name, Living one, Optional<Ports> ports) {
        return """
                add element inet %1$s interfaces { %2$s }
                add element inet %1$s own { %2$s . %3$s }
                add element inet %1$s runtime { %3$s : %4$s }
                %5$s
                """.formatted(table, name, one.address(), one.runtime(),
                reach(name, one.address(), one.egress(), ports));
    }

    /// Other rules for a sandbox that is there.
    String change(String name, String address, Egress egress, Optional<Ports> ports) {
        // to take out what is not there fails, and with it all the rest
        return """
                delete element inet %1$s own { %2$s . %3$s }
                add element inet %1$s own { %2$s . %3$s }
                %4$s%5$s
                """.formatted(table, name, address, nothing(name, address), reach(name, address, egress, ports));
    }

    /// Takes a sandbox out. What is added before it is taken out may be there already, or not.
    String without(String name, String address, String runtime) {
        return """
                add element inet %1$s interfaces { %2$s }
                add element inet %1$s own { %2$s . %3$s }
                add element inet %1$s runtime { %3$s : %4$s }
                delete element inet %1$s interfaces { %2$s }
                delete element inet %1$s own { %2$s . %3$s }
                delete element inet %1$s runtime { %3$s : %4$s }
                %5$s
                """.formatted(table, name, address, runtime, nothing(name, address));
    }

    /// Leads no connections by name anywhere any more.
    String alone() {
        return "flush map inet %1$s names\nflush set inet %1$s relay\n".formatted(table);
    }

    /// Lets a sandbox that reaches nothing reach what it may.
    private String reach(String name, String address, Egress egress, Optional<Ports> ports) {
        if (egress.isPlain()) {
            return egress.internet() ? "add element inet " + table + " out { " + address + " }" : "";
        }
        boolean names = !egress.domains().isEmpty();
        List<String> rules = new ArrayList<>();
        // who is allowed names has to find out their addresses
        List<String> servers = nameServers.stream()
                .filter(server -> names || egress.reaches(Ipv4Range.parse(server))).toList();
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
        return chain("rules", name, address, rules)
                + ports.map(relay -> byName(name, address, egress, relay)).orElse("");
    }

    private String byName(String name, String address, Egress egress, Ports ports) {
        List<String> rules = new ArrayList<>();
        if (!egress.allowed().isEmpty()) {
            rules.add("ip daddr { " + elements(egress.allowed()) + " } return");
        }
        rules.add("tcp dport 80 dnat ip to " + gateway + ":" + ports.http());
        rules.add("tcp dport 443 dnat ip to " + gateway + ":" + ports.tls());
        return "add element inet %s relay { %d, %d }\n".formatted(table, ports.http(), ports.tls())
                + chain("names", names(name), address, rules);
    }

    /// A chain, and the map that leads a sandbox to it.
    private String chain(String map, String chain, String address, List<String> rules) {
        StringBuilder text = new StringBuilder("add chain inet %s %s\n".formatted(table, chain));
        rules.forEach(rule -> text.append("add rule inet %s %s %s\n".formatted(table, chain, rule)));
        return text.append("add element inet %s %s { %s : goto %s }\n".formatted(table, map, address, chain))
                .toString();
    }

    /// Lets a sandbox reach nothing. What is added before it is taken out may be there already, or not.
    private String nothing(String name, String address) {
        return """
                add element inet %1$s out { %2$s }
                delete element inet %1$s out { %2$s }
                %3$s%4$s""".formatted(table, address, noChain("rules", name, address),
                noChain("names", names(name), address));
    }

    private String noChain(String map, String chain, String address) {
        return """
                add chain inet %1$s %2$s
                add element inet %1$s %3$s { %4$s : goto %2$s }
                delete element inet %1$s %3$s { %4$s : goto %2$s }
                flush chain inet %1$s %2$s
                delete chain inet %1$s %2$s
                """.formatted(table, chain, map, address);
    }

    private static String names(String name) {
        return name + "_names";
    }

    private static String asking(List<String> servers) {
        return "ip daddr { " + String.join(", ", servers) + " } meta l4proto { tcp, udp } th dport 53 accept";
    }

    private static String elements(List<Ipv4Range> ranges) {
        return ranges.stream().map(Ipv4Range::toString).collect(Collectors.joining(", "));
    }
}
