package io.sandgate.sandbox.isolation;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.sandbox.Needed;
import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.outbound.OutboundRelay;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// What sandboxes reach of the world: a machine outside with two addresses.
@Timeout(120)
class WorldReachedTest {

    private static final String ALL = "0.0.0.0/0";

    @TempDir
    private static Path directory;
    private static Inmate inmates;
    private static Outside outside;

    @BeforeAll
    static void start() throws Exception {
        boolean root = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        Needed.that(root && Commands.has("bwrap") && Commands.has("nft"),
                "root, bubblewrap and nftables: apt-get install bubblewrap nftables");
        outside = new Outside();
        inmates = new Inmate(directory.resolve("data"), List.of());
    }

    @AfterAll
    static void stop() throws Exception {
        if (inmates != null) {
            inmates.close();
        }
        if (outside != null) {
            outside.close();
        }
    }

    @Test
    void rules_decideWhatIsReached() throws Exception {
        inmates.start("irules");
        assertReached("irules", "near far");
        for (var each : List.of(new Case(new Egress(false, List.of(), List.of()), ""),
                new Case(new Egress(true, List.of(), List.of(outside.near())), "far"),
                new Case(new Egress(true, List.of(outside.near()), List.of(ALL)), "near"),
                new Case(new Egress(false, List.of(outside.far() + "/31"), List.of()), "far"),
                new Case(new Egress(true, List.of(outside.far()), List.of(outside.far(), outside.near())), "far"),
                new Case(new Egress(true, List.of(), List.of("192.0.2.1", "::/0")), "near far"),
                new Case(new Egress(false, List.of(ALL), List.of(ALL)), "near far"), new Case(Egress.OPEN, "near far"),
                new Case(new Egress(true, List.of(), List.of(ALL)), ""))) {
            inmates.setEgress("irules", each.egress());
            assertReached("irules", each.reached());
        }
    }

    private record Case(Egress egress, String reached) {}

    @Test
    void rulesOfACreate_holdFromTheStart_andAreThoseOfOneSandbox() throws Exception {
        inmates.start("ione", new Egress(true, List.of(outside.near()), List.of(ALL)));
        inmates.start("itwo", new Egress(true, List.of(outside.far()), List.of(ALL)));
        inmates.start("ithree");

        assertReached("ione", "near");
        assertReached("itwo", "far");
        assertReached("ithree", "near far");
    }

    @Test
    void rules_outliveARestartOfTheReplica() throws Exception {
        inmates.start("iold", new Egress(true, List.of(outside.near()), List.of(ALL)));
        inmates.start("ichanged");
        inmates.setEgress("ichanged", new Egress(true, List.of(), List.of(outside.near())));

        inmates.reopen();

        assertReached("iold", "near");
        assertReached("ichanged", "far");
    }

    @Test
    void connectionThatIsOpen_endsWithWhatAllowedIt() throws Exception {
        inmates.start("iopen");
        CompletableFuture<String> said = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                said.complete(inmates.run("iopen", "user", """
                        python3 -c 'import socket,time,os
                        s=socket.create_connection(("%s",%d),5)
                        print(s.recv(10))
                        open("/tmp/open","w")
                        while not os.path.exists("/tmp/changed"): time.sleep(0.02)
                        s.sendall(b"more")
                        s.settimeout(1)
                        try: print(s.recv(10))
                        except TimeoutError: print("nothing")'
                        """.formatted(outside.near(), outside.port())));
            } catch (Exception e) {
                said.completeExceptionally(e);
            }
        });
        await().until(() -> inmates.run("iopen", "user", "ls /tmp/open").contains("exit 0"));

        inmates.setEgress("iopen", new Egress(true, List.of(), List.of(outside.near())));
        inmates.run("iopen", "user", "touch /tmp/changed");

        assertThat(said.join()).contains("hello").contains("nothing").doesNotContain("more");
    }

    @Test
    void whatIsClosedToAll_isNeverAllowed() throws Exception {
        String neighbour = inmates.start("ineighbour");
        inmates.start("iwide", new Egress(true, List.of(ALL), List.of()));
        try (ServerSocket everywhere = new ServerSocket(0, 5, InetAddress.ofLiteral("0.0.0.0"))) {
            String host = outside.near().replaceAll("\\d+$",
                    Integer.toString(Integer.parseInt(outside.near().replaceAll(".*\\.", "")) - 1));
            assertThat(connect("iwide", host, everywhere.getLocalPort())).doesNotContain("reached");
        }
        assertThat(connect("iwide", neighbour, 49983)).doesNotContain("reached");
        assertThat(connect("iwide", "169.254.169.254", 80)).doesNotContain("reached");
        assertReached("iwide", "near far");
    }

    @Test
    void rules_goWithTheirSandbox() throws Exception {
        String address = inmates.start("igone", new Egress(true, List.of("8.8.8.8"), List.of(ALL)));
        String hex = "sg" + HexFormat.of().formatHex(InetAddress.ofLiteral(address).getAddress());
        assertThat(ruleset()).contains("goto " + hex);

        inmates.kill("igone");

        assertThat(ruleset()).doesNotContain(hex);
        assertThatThrownBy(() -> inmates.setEgress("igone", Egress.OPEN)).isInstanceOf(DriverException.class);
    }

    /// A change may come late: then another sandbox may be at the address.
    @Test
    void rulesForNobody_areNotSet() throws Exception {
        OutboundRelay relay = OutboundRelay.open(name -> List.of(), OutboundRelay.Limits.of(1, 1), System::nanoTime,
                new SimpleMeterRegistry());
        SandboxNetworks networks = SandboxNetworks.open("late" + ProcessHandle.current().pid(), "10.223.0.0",
                List.of(), relay);
        networks.recover(List.of());
        try {
            assertThatThrownBy(
                    () -> networks.update("10.223.0.7", new Egress(true, List.of("8.8.8.8"), List.of(ALL))))
                    .isInstanceOf(IOException.class);
            assertThat(ruleset()).doesNotContain("sg0adf0007");
        } finally {
            networks.close();
        }
    }

    private static String ruleset() throws Exception {
        Process nft = new ProcessBuilder("nft", "list", "ruleset").start();
        return new String(nft.getInputStream().readAllBytes(), UTF_8);
    }

    private static void assertReached(String id, String names) throws Exception {
        StringBuilder reached = new StringBuilder();
        if (connect(id, outside.near(), outside.port()).contains("reached")) {
            reached.append("near ");
        }
        if (connect(id, outside.far(), outside.port()).contains("reached")) {
            reached.append("far");
        }
        assertThat(reached.toString().strip()).isEqualTo(names);
    }

    private static String connect(String id, String address, int port) throws Exception {
        return inmates.run(id, "root", "python3 -c 'import socket\ns=socket.create_connection((\"" + address + "\","
                + port + "),0.5)\nprint(\"reached\" if s.recv(5) else \"\")'");
    }
}
