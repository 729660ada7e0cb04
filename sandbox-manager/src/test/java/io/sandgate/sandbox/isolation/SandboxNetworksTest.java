package io.sandgate.sandbox.isolation;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.sandbox.Needed;
import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.isolation.SandboxNetworks.Living;
import io.sandgate.sandbox.linux.EffectiveUser;
import io.sandgate.sandbox.outbound.OutboundRelay;
import io.sandgate.sandbox.runtime.program.ShellWord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(60)
class SandboxNetworksTest {

    /// Another one for each test run that is under way on this machine.
    private static final long RUN = ProcessHandle.current().pid() % 0xffff;
    private static final String NAME = "test" + RUN;
    private static final String BLOCK = "10.%d.%d.".formatted(RUN / 256 % 32, RUN % 256);
    private static final Egress CLOSED = new Egress(false, List.of(), List.of());
    private static final Egress NAMES = new Egress(false, List.of("api.example.com"), List.of());
    private static final Living LIVING = new Living(BLOCK + "1", "127.200.0.1", Egress.OPEN);
    private static final Living DEAD = new Living(BLOCK + "2", "127.200.0.2", CLOSED);
    /// In the chain of a sandbox, beside that of all that have no rules.
    private static final Pattern ASKING = Pattern.compile("(?m)^\\s*ip daddr 192\\.0\\.2\\.53 .* dport 53 accept");
    private static final String LIVING_LINK = link(LIVING);
    private static final String DEAD_LINK = link(DEAD);
    private static final Path INTERFACES = Path.of("/proc/sys/net/ipv4/conf");

    private final Map<Living, Process> holders = new HashMap<>();
    private final OutboundRelay relay = OutboundRelay.open(name -> List.of(), OutboundRelay.Limits.of(1, 1),
            System::nanoTime, new SimpleMeterRegistry());
    private SandboxNetworks networks;

    @BeforeEach
    void open() throws Exception {
        Needed.that(EffectiveUser.id() == 0 && SandboxNetworks.missing().isEmpty(),
                "root, ip and nft: apt-get install iproute2 nftables");
        networks = opened();
        networks.recover(List.of());
        for (Living one : List.of(LIVING, DEAD)) {
            holders.put(one, hold(one));
        }
    }

    @AfterEach
    void close() throws Exception {
        holders.values().forEach(Process::destroyForcibly);
        if (networks != null) {
            for (Living one : List.of(LIVING, DEAD)) {
                networks.remove(one.address(), one.runtime());
            }
            networks.close();
        }
        relay.close();
    }

    /// Makes a network, with a process in it that does nothing.
    private Process hold(Living one) throws IOException {
        String within = networks.joining(one) + "echo joined; exec cat";
        Process process = new ProcessBuilder("sh", "-e", "-c",
                networks.admitting(one) + "exec unshare --net -- sh -e -c " + ShellWord.of(within))
                .redirectErrorStream(true).start();
        assertThat(process.inputReader().readLine()).isEqualTo("joined");
        return process;
    }

    private static String link(Living one) {
        return Arrays.stream(one.address().split("\\.", -1)).map(part -> "%02x".formatted(Integer.parseInt(part)))
                .collect(Collectors.joining("", "sg", ""));
    }

    private SandboxNetworks opened() throws IOException {
        return SandboxNetworks.open(NAME, BLOCK + "0", List.of("192.0.2.53"), relay);
    }

    private static String firewall() throws IOException {
        Process nft = new ProcessBuilder("nft", "list", "table", "inet", "sandgate_" + NAME).start();
        return new String(nft.getInputStream().readAllBytes(), UTF_8);
    }

    @Test
    void open_withSandboxesThatLive_leavesTheirFirewallAsItIs() throws Exception {
        String before = firewall();
        assertThat(before).contains(LIVING_LINK, LIVING.address());

        opened();

        assertThat(firewall()).isEqualTo(before);
    }

    @Test
    void recover_setsTheFirewallUpForThoseThatLive() throws Exception {
        opened().recover(List.of(LIVING));

        assertThat(firewall()).contains(LIVING_LINK, LIVING.address()).doesNotContain(DEAD_LINK, DEAD.address());
    }

    @Test
    void names_areAskedFor_whereTheyAreAllowed_andAllElseIsDenied() throws Exception {
        networks.update(LIVING.address(), NAMES);

        assertThat(firewall()).containsPattern(ASKING).contains("goto " + LIVING_LINK + "_names",
                "dnat ip to " + BLOCK + "0:");

        networks.update(LIVING.address(), new Egress(false, List.of("8.8.8.8"), List.of()));

        assertThat(firewall()).doesNotContainPattern(ASKING).contains("goto " + LIVING_LINK)
                .doesNotContain("goto " + LIVING_LINK + "_names", "dnat ip to " + BLOCK + "0:");
    }

    /// Somebody else may listen at the ports then.
    @Test
    void letGo_leadsNobodyByName() throws Exception {
        networks.update(LIVING.address(), NAMES);

        networks.letGo();

        assertThat(firewall()).contains("goto " + LIVING_LINK).doesNotContain("goto " + LIVING_LINK + "_names");
        networks.update(LIVING.address(), CLOSED);
    }

    /// A life that was killed could not give it back.
    @Test
    void recover_withoutNames_givesTheGatewaysAddressBack() throws Exception {
        networks.update(LIVING.address(), NAMES);
        assertThat(loopback()).contains(BLOCK + "0");

        SandboxNetworks next = opened();
        next.recover(List.of(LIVING));
        assertThat(loopback()).doesNotContain(BLOCK + "0");

        next.recover(List.of(new Living(LIVING.address(), LIVING.runtime(), NAMES)));
        assertThat(loopback()).contains(BLOCK + "0");
    }

    private static List<String> loopback() throws IOException {
        return NetworkInterface.getByName("lo").inetAddresses().map(InetAddress::getHostAddress).toList();
    }

    @Test
    void recover_thatFails_leavesTheFirewallAsItWas() throws Exception {
        String before = firewall();

        assertThatThrownBy(() -> opened().recover(List.of(LIVING, new Living(LIVING.address(), "none", CLOSED))))
                .isInstanceOf(IOException.class);

        assertThat(firewall()).isEqualTo(before);
    }

    @Test
    void clear_removesTheInterfacesOfTheOthers() throws Exception {
        networks.clear(List.of(LIVING), address -> address.startsWith(BLOCK));

        assertThat(INTERFACES.resolve(LIVING_LINK)).exists();
        assertThat(INTERFACES.resolve(DEAD_LINK)).doesNotExist();
    }

    @Test
    void remove_takesTheInterfaceAtOnceAndTheRules() throws Exception {
        networks.remove(DEAD.address(), DEAD.runtime());

        assertThat(INTERFACES.resolve(DEAD_LINK)).doesNotExist();
        assertThat(firewall()).contains(LIVING_LINK).doesNotContain(DEAD_LINK, DEAD.address());
    }

    @Test
    void remove_ofOneWhoseInterfaceEndedWithItsProcesses_takesTheRules() throws Exception {
        Objects.requireNonNull(holders.get(DEAD)).destroyForcibly().waitFor();
        while (Files.exists(INTERFACES.resolve(DEAD_LINK))) {
            Thread.onSpinWait();
        }

        networks.remove(DEAD.address(), DEAD.runtime());
        networks.remove(DEAD.address(), DEAD.runtime());

        assertThat(firewall()).contains(LIVING_LINK).doesNotContain(DEAD_LINK, DEAD.address());
    }

    @Test
    void networks_addNoMountsToTheMachine() throws Exception {
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(LIVING_LINK);
    }
}
