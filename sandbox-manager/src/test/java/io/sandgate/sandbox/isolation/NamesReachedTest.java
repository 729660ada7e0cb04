package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.Needed;
import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.linux.EffectiveUser;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What sandboxes reach of the world by names: a machine outside with two addresses, and names for them.
@Timeout(180)
class NamesReachedTest {

    private static final String ALL = "0.0.0.0/0";
    private static final String API = "api.example.com";
    private static final Egress NAMES = new Egress(true, List.of(API, "*.wild.example"), List.of(ALL));

    /// `tls` and `http` say what a client for a name says to an address, and tell what they hear.
    private static final String CLIENT = """
            import socket, ssl, os, time, sys
            def hello(name):
                i, o = ssl.MemoryBIO(), ssl.MemoryBIO()
                c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                c.check_hostname = False
                s = c.wrap_bio(i, o, server_hostname=name)
                try: s.do_handshake()
                except ssl.SSLWantReadError: pass
                return o.read()
            def request(name):
                return ('GET / HTTP/1.1\\r\\nHost: ' + name + '\\r\\n\\r\\n').encode()
            def hear(s, count):
                d = b''
                while len(d) < count:
                    p = s.recv(count - len(d))
                    if not p: break
                    d += p
                return d
            def ask(ip, port, words, wait=10):
                try:
                    s = socket.create_connection((ip, port), wait)
                    s.sendall(words)
                    said = b''
                    while said.count(b'.') < 4:
                        p = s.recv(1)
                        if not p: return 'nothing'
                        said += p
                    return said.decode() + (' whole' if hear(s, len(words)) == words else ' changed')
                except OSError as e: return 'nothing'
            def tls(ip, name): return ask(ip, 443, hello(name))
            def http(ip, name): return ask(ip, 80, request(name))
            """;

    @TempDir
    private static Path directory;
    private static Inmate inmates;
    private static Outside outside;

    @BeforeAll
    static void start() throws Exception {
        Needed.that(EffectiveUser.id() == 0 && Commands.has("bwrap") && Commands.has("nft"),
                "root, bubblewrap and nftables: apt-get install bubblewrap nftables");
        outside = new Outside();
        inmates = new Inmate(directory.resolve("data"), List.of());
        inmates.name(API, outside.near());
        inmates.name("a.wild.example", outside.far());
        inmates.name("evil.example", outside.far());
        inmates.name("wild.example", outside.far());
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

    private static String python(String id, String script) throws Exception {
        String said = inmates.run(id, "user", "python3 - <<'END'\n" + CLIENT + script + "\nEND");
        return said.replaceAll("\\s*exit 0$", "");
    }

    private static String tls(String id, String address, String name) throws Exception {
        return python(id, "print(tls('%s', '%s'))".formatted(address, name));
    }

    private static String http(String id, String address, String name) throws Exception {
        return python(id, "print(http('%s', '%s'))".formatted(address, name));
    }

    private static String near() {
        return "at " + outside.near() + ". whole";
    }

    private static String far() {
        return "at " + outside.far() + ". whole";
    }

    private static String ruleset() throws Exception {
        Process nft = new ProcessBuilder("nft", "list", "ruleset").start();
        return new String(nft.getInputStream().readAllBytes(), UTF_8);
    }

    @Test
    void names_decideWhatIsReached_andWhereItIs() throws Exception {
        inmates.start("inames", NAMES);

        assertThat(tls("inames", outside.near(), API)).isEqualTo(near());
        // whatever address the sandbox has for it
        assertThat(tls("inames", "192.0.2.1", API)).isEqualTo(near());
        assertThat(http("inames", outside.far(), API)).isEqualTo(near());
        assertThat(tls("inames", outside.near(), "a.wild.example")).isEqualTo(far());
        assertThat(tls("inames", outside.near(), "evil.example")).isEqualTo("nothing");
        assertThat(http("inames", outside.near(), "evil.example")).isEqualTo("nothing");
        assertThat(tls("inames", outside.far(), "wild.example")).isEqualTo("nothing");
        // other ports go by addresses
        assertThat(python("inames", "print(ask('%s', %d, hello('%s'), 0.5))".formatted(outside.near(), outside.port(),
                API))).isEqualTo("nothing");
    }

    @Test
    void addressThatIsAllowed_isReachedAsItIs() throws Exception {
        inmates.start("idirect", new Egress(true, List.of(API, outside.far()), List.of(ALL)));

        assertThat(python("idirect", "print(ask('%s', 443, b'no tls'))".formatted(outside.far()))).isEqualTo(far());
        assertThat(python("idirect", "print(ask('%s', 443, b'no tls at all'))".formatted(outside.near())))
                .isEqualTo("nothing");
        assertThat(tls("idirect", outside.near(), API)).isEqualTo(near());
    }

    @Test
    void secondRequestForAnotherHost_isNotAnswered() throws Exception {
        inmates.start("isecond", NAMES);

        assertThat(python("isecond", """
                s = socket.create_connection(('%1$s', 80), 10)
                s.sendall(request('%2$s'))
                hear(s, len('at %1$s.') + len(request('%2$s')))
                s.sendall(request('%2$s'))
                print(hear(s, len(request('%2$s'))) == request('%2$s'))
                s.sendall(request('a.wild.example'))
                try: print(s.recv(10))
                except OSError as e: print(type(e).__name__)
                """.formatted(outside.near(), API))).isIn("True\nb''", "True\nConnectionResetError");
    }

    /// Whoever owns an allowed name decides what address it has.
    @Test
    void nameOfAnAddressThatIsClosed_leadsNowhere() throws Exception {
        String neighbour = inmates.start("iclosedneighbour");
        String gateway = listener(inmates.start("iclosed", NAMES)).group(1);
        String machine = outside.near().replaceAll("\\d+$",
                Integer.toString(Integer.parseInt(outside.near().replaceAll(".*\\.", "")) - 1));
        double before = inmates.refused("closed");
        List<String> closed = List.of("127.0.0.1", "169.254.169.254", neighbour, gateway, machine);
        for (String address : closed) {
            inmates.name("rebound.wild.example", address);
            assertThat(tls("iclosed", outside.near(), "rebound.wild.example")).as(address).isEqualTo("nothing");
        }

        assertThat(inmates.refused("closed") - before).isEqualTo(closed.size());
    }

    /// Where the connections of a sandbox go by name: an address and a port.
    private static Matcher listener(String address) throws Exception {
        Matcher matcher = Pattern.compile("chain " + chain(address) + " \\{[^}]*?dnat ip to ([0-9.]+):(\\d+)")
                .matcher(ruleset());
        assertThat(matcher.find()).as("connections by name of " + address).isTrue();
        return matcher;
    }

    private static String chain(String address) {
        return "sg" + HexFormat.of().formatHex(InetAddress.ofLiteral(address).getAddress()) + "_names";
    }

    @Test
    void listener_isThereForWhatTheFirewallBrings_andForNobodyElse() throws Exception {
        Matcher listener = listener(inmates.start("iwith", NAMES));
        inmates.start("iwithout", new Egress(true, List.of(outside.near()), List.of()));
        for (String id : List.of("iwith", "iwithout")) {
            for (String port : List.of(listener.group(2), "80", "443")) {
                assertThat(python(id, """
                        try:
                            socket.create_connection(('%s', %s), 0.5)
                            print('connected')
                        except OSError as e: print('nothing')
                        """.formatted(listener.group(1), port))).as(id + " " + port).isEqualTo("nothing");
            }
        }
        // and open ones go where they went
        assertThat(python("iwithout", "print(ask('%s', 443, b'no tls'))".formatted(outside.near()))).isEqualTo(near());
    }

    @Test
    void changeOfRules_holdsAtOnce_andForOpenConnections() throws Exception {
        inmates.start("ichange");
        assertThat(tls("ichange", outside.far(), "evil.example")).isEqualTo(far());
        inmates.setEgress("ichange", NAMES);
        assertThat(tls("ichange", outside.far(), "evil.example")).isEqualTo("nothing");
        CompletableFuture<String> said = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                said.complete(python("ichange", """
                        s = socket.create_connection(('%1$s', 443), 10)
                        s.sendall(hello('%2$s'))
                        hear(s, len('at %1$s.') + len(hello('%2$s')))
                        s.sendall(b'before')
                        print(hear(s, 6))
                        open('/tmp/open', 'w')
                        s.settimeout(20)
                        try: print(s.recv(10))
                        except OSError as e: print(type(e).__name__)
                        """.formatted(outside.near(), API)));
            } catch (Exception e) {
                said.completeExceptionally(e);
            }
        });
        await().until(() -> inmates.run("ichange", "user", "ls /tmp/open").contains("exit 0"));

        inmates.setEgress("ichange", new Egress(true, List.of("*.wild.example"), List.of(ALL)));

        assertThat(said.join()).isEqualTo("b'before'\nConnectionResetError");
        assertThat(tls("ichange", outside.near(), API)).isEqualTo("nothing");
        assertThat(tls("ichange", outside.near(), "a.wild.example")).isEqualTo(far());
        inmates.setEgress("ichange", Egress.OPEN);
        assertThat(tls("ichange", outside.far(), "evil.example")).isEqualTo(far());
    }

    @Test
    void names_outliveARestartOfTheReplica_andLeadNowhereMeanwhile() throws Exception {
        String chain = chain(inmates.start("iagain", NAMES));
        assertThat(tls("iagain", outside.near(), API)).isEqualTo(near());

        inmates.leave();
        String meanwhile = ruleset();
        inmates.comeBack();

        assertThat(meanwhile).contains("chain " + chain).doesNotContain("goto " + chain);
        assertThat(tls("iagain", outside.near(), API)).isEqualTo(near());
        assertThat(tls("iagain", outside.near(), "evil.example")).isEqualTo("nothing");
    }

    @Test
    void names_goWithTheirSandbox() throws Exception {
        String chain = chain(inmates.start("ishort", NAMES));
        assertThat(ruleset()).contains("goto " + chain);

        inmates.kill("ishort");

        assertThat(ruleset()).doesNotContain(chain);
    }
}
