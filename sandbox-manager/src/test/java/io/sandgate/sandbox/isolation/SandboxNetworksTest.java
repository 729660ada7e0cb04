package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.isolation.SandboxNetworks.Living;
import io.sandgate.sandbox.linux.EffectiveUser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@Timeout(60)
class SandboxNetworksTest {

    private static final String NAME = "test" + ProcessHandle.current().pid();
    private static final String GATEWAY = "10.239.0.0";
    private static final Living LIVING = new Living("10.239.17.1", "127.239.17.1", true);
    private static final Living DEAD = new Living("10.239.17.2", "127.239.17.2", false);

    private SandboxNetworks networks;

    @BeforeEach
    void open() throws Exception {
        assumeTrue(
                "true".equals(System.getenv("CI")) || (EffectiveUser.id() == 0 && SandboxNetworks.missing().isEmpty()),
                "needs root, ip and nft");
        networks = opened();
        networks.recover(List.of());
        for (Living one : List.of(LIVING, DEAD)) {
            networks.create(one.address(), one.runtime(), one.internet());
        }
    }

    @AfterEach
    void close() throws Exception {
        if (networks != null) {
            for (Living one : List.of(LIVING, DEAD)) {
                networks.remove(one.address(), one.runtime());
            }
            networks.close();
        }
    }

    private static SandboxNetworks opened() throws IOException {
        return SandboxNetworks.open(NAME, GATEWAY, List.of());
    }

    private static String firewall() throws IOException {
        Process nft = new ProcessBuilder("nft", "list", "table", "inet", "sandgate_" + NAME).start();
        return new String(nft.getInputStream().readAllBytes(), UTF_8);
    }

    @Test
    void open_withSandboxesThatLive_leavesTheirFirewallAsItIs() throws Exception {
        String before = firewall();
        assertThat(before).contains("sg0aef1101", "10.239.17.1");

        opened();

        assertThat(firewall()).isEqualTo(before);
    }

    @Test
    void recover_setsTheFirewallUpForThoseThatLive() throws Exception {
        opened().recover(List.of(LIVING));

        assertThat(firewall()).contains("sg0aef1101", "10.239.17.1").doesNotContain("sg0aef1102", "10.239.17.2");
    }

    @Test
    void recover_thatFails_leavesTheFirewallAsItWas() throws Exception {
        String before = firewall();

        assertThatThrownBy(() -> opened().recover(List.of(LIVING, new Living("10.239.17.1", "none", false))))
                .isInstanceOf(IOException.class);

        assertThat(firewall()).isEqualTo(before);
    }

    @Test
    void clear_removesTheOthers_alsoWhatIsHalfThere() throws Exception {
        Commands.run("", "ip", "link", "del", "sg0aef1102");

        networks.clear(List.of(LIVING), address -> address.startsWith("10.239.17."));

        assertThat(Path.of("/run/netns/sg0aef1101")).exists();
        assertThat(Path.of("/run/netns/sg0aef1102")).doesNotExist();
    }
}
