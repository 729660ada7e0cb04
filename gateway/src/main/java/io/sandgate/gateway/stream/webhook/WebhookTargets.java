package io.sandgate.gateway.stream.webhook;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/// Which addresses webhooks may be sent to: a team names the receiver, and must not reach with it what only this machine or
/// its network can. Immutable.
///
/// Never allowed, whatever the settings say: unspecified, link-local, the clouds' metadata services, multicast, reserved, IPv6
/// forms that lead to an IPv4 address, and the listeners of this replica.
public final class WebhookTargets {
    private static final int IPV6 = 16;
    private static final List<AddressBlock> NEVER = AddressBlock.of("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4",
            "240.0.0.0/4", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fe80::/10",
            "fec0::/10", "ff00::/8",
            // metadata services outside the link-local range: AWS, Google, Alibaba, Oracle, Azure
            "fd00:ec2::/32", "fd20:ce::/32", "100.100.100.200/32", "192.0.0.0/24", "168.63.129.16/32");
    private static final List<AddressBlock> IPV4_IN_IPV6 = AddressBlock.of("::/96");
    private static final List<AddressBlock> PRIVATE = AddressBlock.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
            "100.64.0.0/10", "198.18.0.0/15", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "fc00::/7",
            "2001:db8::/32", "100::/64");

    private final List<Predicate<InetAddress>> ranges;
    private final boolean loopback;
    private final Predicate<InetSocketAddress> own;

    /// @param ranges what is allowed instead of all public addresses; empty for those
    /// @param loopback whether, without ranges, this machine itself is allowed too
    /// @param own tells the listeners of this replica
    public WebhookTargets(List<Predicate<InetAddress>> ranges, boolean loopback, Predicate<InetSocketAddress> own) {
        this.ranges = List.copyOf(ranges);
        this.loopback = loopback;
        this.own = own;
    }

    /// Why none may be sent to an address, without showing what a name leads to; empty when one may. May block for a moment, to look at the machine's interfaces.
    ///
    /// @param address a resolved one
    public Optional<String> refusal(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        if (isMapped(ip) || !isPossible(ip) || !isAllowed(ip)) {
            return Optional.of("the host leads to an address that webhooks may not be sent to");
        }
        return own.test(address)
                ? Optional.of("the host and port lead to a listener of this replica")
                : Optional.empty();
    }

    /// One that a name server gave: it leads to an IPv4 address, which no rule here would see.
    private static boolean isMapped(InetAddress ip) {
        byte[] bytes = ip.getAddress();
        return bytes.length == IPV6 && bytes[10] == -1 && bytes[11] == -1
                && IntStream.range(0, 10).allMatch(i -> bytes[i] == 0);
    }

    private static boolean isPossible(InetAddress ip) {
        return !ip.isAnyLocalAddress() && !in(NEVER, ip) && (ip.isLoopbackAddress() || !in(IPV4_IN_IPV6, ip));
    }

    private boolean isAllowed(InetAddress ip) {
        if (!ranges.isEmpty()) {
            return ranges.stream().anyMatch(range -> range.test(ip));
        }
        return ip.isLoopbackAddress() ? loopback : !in(PRIVATE, ip);
    }

    private static boolean in(List<AddressBlock> blocks, InetAddress ip) {
        return blocks.stream().anyMatch(block -> block.contains(ip));
    }
}
