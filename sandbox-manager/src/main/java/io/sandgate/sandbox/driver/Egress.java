package io.sandgate.sandbox.driver;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a sandbox reaches of the world: what it is allowed wins over what it is denied, and what neither names is reached
/// where it reaches the world at all. What is closed to all sandboxes stays so.
///
/// Domain names open the ports for HTTP and TLS, and only what is denied otherwise: who reaches every address needs no name.
///
/// @param internet whether it reaches what neither list names
/// @param allowOut IPv4 addresses and ranges that it reaches, and domain names in small letters
/// @param denyOut addresses and ranges that it does not; of IPv6, no sandbox reaches any
public record Egress(boolean internet, List<String> allowOut, List<String> denyOut) {

    /// Everything that is not closed to all.
    public static final Egress OPEN = new Egress(true, List.of(), List.of());

    /// What no sandbox reaches: machines next to it, other sandboxes, metadata services, and what is no one's address.
    public static final List<Ipv4Range> CLOSED = Stream.of("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8",
            "168.63.129.16", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15",
            "224.0.0.0/3").map(Ipv4Range::parse).toList();

    private static final Ipv4Range ALL = Ipv4Range.parse("0.0.0.0/0");

    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]{2,39}(/\\d{1,3})?");

    /// How many entries each of the lists may have.
    public static final int MOST = 256;

    /// @throws IllegalArgumentException for an entry that cannot be; the message names it
    public Egress {
        denyOut = List.copyOf(denyOut);
        checkSize("allowOut", allowOut);
        checkSize("denyOut", denyOut);
        denyOut.forEach(Egress::checkDenied);
        allowOut = allowOut.stream().map(Egress::canonical).toList();
        if (internet && !ranges(denyOut).contains(ALL)) {
            allowOut.stream().filter(Egress::isDomain).findFirst().ifPresent(domain -> {
                throw new IllegalArgumentException("allowOut: " + domain + " (expected: an IPv4 address or a range, or "
                        + "else with 0.0.0.0/0 in denyOut or allow_internet_access false, since a domain name opens only "
                        + "what is denied)");
            });
        }
    }

    /// Whether it says nothing beyond whether the world is reached.
    public boolean isPlain() {
        return allowOut.isEmpty() && denyOut.isEmpty();
    }

    /// Whether it keeps nothing from the sandbox.
    public boolean isOpen() {
        return internet && isPlain();
    }

    /// The addresses that are allowed, none of them within another.
    public List<Ipv4Range> allowed() {
        return ranges(allowOut.stream().filter(entry -> !isDomain(entry)).toList());
    }

    /// The names that are allowed.
    public List<DomainPattern> domains() {
        return allowOut.stream().filter(Egress::isDomain).map(DomainPattern::parse).toList();
    }

    /// Whether a name is allowed.
    ///
    /// @param host in small letters, without a dot at its end
    public boolean names(String host) {
        return domains().stream().anyMatch(domain -> domain.covers(host));
    }

    /// What is denied, none of it within another.
    public List<Ipv4Range> denied() {
        return ranges(denyOut);
    }

    /// Whether an address is reached, if it is not closed to all.
    public boolean reaches(Ipv4Range address) {
        return allowed().stream().anyMatch(range -> range.contains(address))
                || (internet && denied().stream().noneMatch(range -> range.contains(address)));
    }

    private static List<Ipv4Range> ranges(List<String> entries) {
        List<Ipv4Range> ranges = new ArrayList<>();
        entries.stream().filter(entry -> entry.indexOf(':') < 0).map(Ipv4Range::parse).forEach(ranges::add);
        return Ipv4Range.merged(ranges);
    }

    private static void checkSize(String name, List<String> entries) {
        if (entries.size() > MOST) {
            throw new IllegalArgumentException(
                    name + ": " + entries.size() + " entries (expected: at most " + MOST + ")");
        }
    }

    /// The last part of a domain name begins with a letter, and that of an address does not.
    private static boolean isDomain(String entry) {
        int last = entry.lastIndexOf('.') + 1;
        return last < entry.length() && Character.isLetter(entry.charAt(last)) && entry.indexOf(':') < 0
                && entry.indexOf('/') < 0;
    }

    private static String canonical(String entry) {
        Ipv4Range range;
        try {
            if (isDomain(entry)) {
                return DomainPattern.parse(entry).toString();
            }
            range = Ipv4Range.parse(entry);
        } catch (IllegalArgumentException e) {
            throw wrong("allowOut", entry,
                    "an IPv4 address, a range such as 8.8.8.0/24, or a domain name such as api.example.com or "
                            + "*.example.com",
                    e);
        }
        if (CLOSED.stream().anyMatch(closed -> closed.contains(range))) {
            throw new IllegalArgumentException("allowOut: " + entry
                    + " (expected: an address of the internet, since private and reserved networks are closed always)");
        }
        return entry;
    }

    private static void checkDenied(String entry) {
        try {
            if (entry.indexOf(':') < 0) {
                Ipv4Range.parse(entry);
            } else {
                checkIpv6(entry);
            }
        } catch (IllegalArgumentException e) {
            throw wrong("denyOut", entry, "an IP address or a range such as 8.8.8.0/24", e);
        }
    }

    private static void checkIpv6(String entry) {
        int slash = entry.indexOf('/');
        int prefix = slash < 0 ? 0 : Integer.parseInt(entry.substring(slash + 1));
        // literals may have scopes and brackets, which no range has
        if (!IPV6.matcher(entry).matches()
                || !(InetAddress.ofLiteral(slash < 0 ? entry : entry.substring(0, slash)) instanceof Inet6Address)
                || prefix < 0 || prefix > 128) {
            throw new IllegalArgumentException(entry);
        }
    }

    private static IllegalArgumentException wrong(String name, String entry, String expected,
            IllegalArgumentException cause) {
        String shown = entry.length() <= 128 ? entry : entry.substring(0, 128) + "…";
        return new IllegalArgumentException(name + ": " + shown + " (expected: " + expected + ")", cause);
    }
}
