package io.sandgate.e2e.harness;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;

/// Hosts for replicas: network namespaces that are joined by a bridge, and can be cut from each other.
///
/// Each has two interfaces. `data` hangs on the bridge, which is in a namespace of its own, and is what faults happen to;
/// `manage` leads to the namespace of the tests, and nothing happens to it. So a test can always ask a replica, and no
/// packet between replicas leaves what was made here. Needs root, iproute2 and nftables: without them the tests are
/// skipped with the reason, and fail where `CI` is `true`. The names carry the pid of this JVM, so that two of them do not
/// meet and what a killed one left is found. Confined to one thread at a time.
public final class NetworkNamespaces implements AutoCloseable {

    private static final String PREFIX = "sandgate-e2e-";
    private static final Pattern NAMESPACE = Pattern.compile("(?m)^" + PREFIX + "(\\d+)-\\S+");
    private static final Pattern LINK = Pattern.compile("(?m)^\\d+: (sg(\\d+)x\\d+r\\d+)@");
    private static final String DATA = "10.88.0.";
    private static final String JOINED = "br0";
    private static final String APART = "br1";
    private static final String CHAIN = "add table inet faults; add chain inet faults in "
            + "{ type filter hook input priority 0; }; add rule inet faults in iifname data ";
    private static final String SOON = "cd /proc/sys/net/ipv4 && if [ -e tcp_rto_max_ms ]; "
            + "then echo 1000 >tcp_rto_max_ms && echo 255 >tcp_retries2; fi";
    /// The two ends of a link to a replica: the tests' and the replica's.
    private record Pair(String near, String far) {
        static Pair of(int number) {
            String start = "198.18." + number / 128 + ".";
            return new Pair(start + number % 128 * 2, start + (number % 128 * 2 + 1));
        }
    }

    private static final int PAIRS = 256 * 128;
    private static final AtomicInteger networks = new AtomicInteger();

    private final int count;
    private final String name;
    private final String link;
    private final Set<Integer> filtered = new HashSet<>();
    private final Set<Integer> apart = new HashSet<>();
    private final List<ReplicaHost> hosts = new ArrayList<>();
    private final List<Integer> shared = new ArrayList<>();
    private boolean soon;

    private NetworkNamespaces(int count) {
        long pid = ProcessHandle.current().pid();
        int network = networks.incrementAndGet();
        this.count = count;
        this.name = PREFIX + pid + "-" + network + "-";
        this.link = "sg" + pid + "x" + network + "r";
    }

    /// Hosts that are not made yet; at most nine.
    public static NetworkNamespaces of(int hosts) {
        return new NetworkNamespaces(hosts);
    }

    /// Lets TCP try again each second, for as long as a cut may last, where the kernel can be told so; it waits longer and
    /// longer otherwise, up to as long as the cut was.
    public NetworkNamespaces tryingAgainSoon() {
        soon = true;
        return this;
    }

    /// Lets the hosts reach these ports of this machine as if they were of their own 127.0.0.1, over `manage`, so that no fault
    /// happens to it. Whoever listens there listens at all addresses.
    public NetworkNamespaces sharing(List<Integer> ports) {
        shared.addAll(ports);
        return this;
    }

    /// Makes them, after removing what a run that was killed left.
    ///
    /// @throws org.opentest4j.TestAbortedException when that is not possible here
    void open() {
        String missing = missing();
        if (!missing.isEmpty()) {
            String reason = "skipped: faults of the network, since " + missing
                    + " (network namespaces need Linux, root, and the packages iproute2 and nftables)";
            if (Boolean.parseBoolean(System.getenv("CI"))) {
                throw new AssertionError("with CI=true it may not be " + reason);
            }
            System.out.println(reason);
            Assumptions.abort(reason);
        }
        removeLeftovers();
        in(hub(), "link", "set", "lo", "up");
        for (String bridge : List.of(JOINED, APART)) {
            in(hub(), "link", "add", bridge, "type", "bridge");
            in(hub(), "link", "set", bridge, "up");
        }
        in(hub(), "addr", "add", DATA + "254/24", "dev", JOINED);
        List<Pair> free = freePairs();
        for (int host = 1; host <= count; host++) {
            connect(host, free.get(host - 1));
        }
    }

    private void connect(int host, Pair manage) {
        run("ip", "netns", "add", namespace(host));
        if (soon) {
            run("ip", "netns", "exec", namespace(host), "sh", "-c", SOON);
        }
        in(namespace(host), "link", "set", "lo", "up");
        in(hub(), "link", "add", port(host), "type", "veth", "peer", "name", "data", "netns", namespace(host));
        in(hub(), "link", "set", port(host), "master", JOINED, "up");
        in(namespace(host), "addr", "add", DATA + host + "/24", "dev", "data");
        in(namespace(host), "link", "set", "data", "up");
        run("ip", "link", "add", link + host, "type", "veth", "peer", "name", "manage", "netns", namespace(host));
        run("ip", "addr", "add", manage.near + "/31", "dev", link + host);
        run("ip", "link", "set", link + host, "up");
        in(namespace(host), "addr", "add", manage.far + "/31", "dev", "manage");
        in(namespace(host), "link", "set", "manage", "up");
        if (!shared.isEmpty()) {
            share(namespace(host), manage);
        }
        hosts.add(new ReplicaHost(DATA + host, manage.far, List.of("ip", "netns", "exec", namespace(host))));
    }

    private void share(String namespace, Pair manage) {
        String ports = shared.stream().map(String::valueOf).collect(Collectors.joining(", "));
        run("ip", "netns", "exec", namespace, "sh", "-c", "echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet");
        run("ip", "netns", "exec", namespace, "nft", "add table ip shared"
                + "; add chain ip shared out { type nat hook output priority -100; }"
                + "; add rule ip shared out ip daddr 127.0.0.1 tcp dport { " + ports + " } dnat to " + manage.near
                + "; add chain ip shared back { type nat hook postrouting priority 100; }"
                + "; add rule ip shared back oifname manage masquerade");
    }

    /// One host, counted from 1.
    ReplicaHost host(int number) {
        return hosts.get(number - 1);
    }

    /// What runs a command beside the bridge, from where all hosts can be reached at their data addresses.
    List<String> besideTheBridge() {
        return List.of("ip", "netns", "exec", hub());
    }

    /// The data address beside the bridge.
    String addressBesideTheBridge() {
        return DATA + "254";
    }

    /// Parts the hosts in two: these, and the others.
    public void split(int... these) {
        for (int host : these) {
            in(hub(), "link", "set", port(host), "master", APART);
            apart.add(host);
        }
    }

    /// Nothing that one host sends arrives at the other; what the other sends arrives.
    public void cutOneWay(int from, int to) {
        filter(to, "ip saddr " + DATA + from + " drop");
    }

    /// Cuts two hosts from each other, and from no other.
    public void cut(int one, int other) {
        cutOneWay(one, other);
        cutOneWay(other, one);
    }

    /// Loses so many of a hundred packets that arrive at any host.
    public void lose(int percent) {
        IntStream.rangeClosed(1, count).forEach(host -> filter(host, "numgen random mod 100 < " + percent + " drop"));
    }

    /// Ends all that was cut or lost.
    public void mend() {
        for (int host : filtered) {
            run("ip", "netns", "exec", namespace(host), "nft", "delete table inet faults");
        }
        filtered.clear();
        for (int host : apart) {
            in(hub(), "link", "set", port(host), "master", JOINED);
        }
        apart.clear();
    }

    private void filter(int host, String rule) {
        run("ip", "netns", "exec", namespace(host), "nft", CHAIN + rule);
        filtered.add(host);
    }

    /// Why there can be no namespaces here, found by making the first one; empty when they can be made.
    private String missing() {
        for (List<String> command : List.of(List.of("ip", "netns", "add", hub()),
                List.of("ip", "netns", "exec", hub(), "nft", CHAIN + "numgen random mod 100 < 1 drop"),
                List.of("ip", "netns", "exec", hub(), "nft", "delete table inet faults"))) {
            String failure = Run.failure(command);
            if (!failure.isEmpty()) {
                return "`" + String.join(" ", command) + "` fails: " + failure;
            }
        }
        return "";
    }

    private static void removeLeftovers() {
        Matcher links = LINK.matcher(run("ip", "-o", "link").out());
        while (links.find()) {
            if (isOver(links.group(2))) {
                Run.failure(List.of("ip", "link", "del", links.group(1)));
            }
        }
        Matcher namespaces = NAMESPACE.matcher(run("ip", "netns", "list").out());
        while (namespaces.find()) {
            if (isOver(namespaces.group(1))) {
                remove(namespaces.group());
            }
        }
    }

    private static boolean isOver(String pid) {
        return ProcessHandle.of(Long.parseLong(pid)).isEmpty();
    }

    /// Pairs of addresses of the range for tests of networks (RFC 2544), none of which this machine has.
    private List<Pair> freePairs() {
        try {
            Set<String> taken = new HashSet<>();
            NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                    .map(InetAddress::getHostAddress).forEach(taken::add);
            return IntStream.range(0, MachineShare.size(PAIRS)).mapToObj(i -> Pair.of(MachineShare.first(PAIRS) + i))
                    .filter(pair -> !taken.contains(pair.near)).limit(count).toList();
        } catch (SocketException e) {
            throw new IllegalStateException("the addresses of this machine", e);
        }
    }

    private String hub() {
        return name + "hub";
    }

    private String namespace(int host) {
        return name + host;
    }

    private static String port(int host) {
        return "port" + host;
    }

    private static void in(String namespace, String... words) {
        List<String> command = new ArrayList<>(List.of("ip", "-n", namespace));
        command.addAll(List.of(words));
        run(command.toArray(String[]::new));
    }

    private static Run run(String... command) {
        Run run = Run.of(List.of(command), Program.root(), Map.of());
        if (run.exitCode() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + run.err() + run.out());
        }
        return run;
    }

    /// Removes them with all that still runs there: sandboxes outlive their replica, whose data directory, by which they are
    /// found elsewhere, may have been on a [SmallDisk].
    @Override
    public void close() {
        for (int host = 1; host <= count; host++) {
            Run.failure(List.of("ip", "link", "del", link + host));
            remove(namespace(host));
        }
        remove(hub());
    }

    private static void remove(String namespace) {
        Run.failure(List.of("sh", "-c", "ip netns pids \"$0\" | xargs -r kill -KILL; ip netns del \"$0\"", namespace));
    }
}
