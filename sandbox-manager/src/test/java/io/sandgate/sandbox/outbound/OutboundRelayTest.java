package io.sandgate.sandbox.outbound;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Timeout(60)
class OutboundRelayTest {

    private RelayServer world;

    @BeforeEach
    void start() throws Exception {
        world = new RelayServer("api.example.com", "*.wild.example");
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    private static String hear(Socket socket, int count) throws IOException {
        return new String(socket.getInputStream().readNBytes(count), ISO_8859_1);
    }

    private static void assertHeard(Socket socket, String text) throws IOException {
        assertThat(hear(socket, text.length())).isEqualTo(text);
    }

    /// It ended, or was broken off.
    private static void assertOver(Socket socket) {
        int read;
        try {
            read = socket.getInputStream().read();
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
            return;
        }
        assertThat(read).isEqualTo(-1);
    }

    /// It may be broken off before its client has heard that it is there.
    private static void assertTurnedAway(RelayServer relay) throws IOException {
        Socket client;
        try {
            client = relay.http();
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
            return;
        }
        assertOver(client);
    }

    private static void assertBroken(Socket socket) {
        try {
            assertThat(socket.getInputStream().read()).as("a byte or an end, and not a reset").isEqualTo(-2);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    private void assertRefused(Socket client, String reason) {
        assertOver(client);
        await().untilAsserted(() -> assertThat(world.refused(reason)).isEqualTo(1));
        assertThat(world.nobodyCame()).isTrue();
    }

    @Test
    void allowedName_goesOnAsItCame_bothWays() throws Exception {
        byte[] hello = Hello.of("API.example.com");
        Socket client = world.tls();
        client.getOutputStream().write(hello);
        Socket server = world.server();

        assertThat(server.getInputStream().readNBytes(hello.length)).isEqualTo(hello);
        say(server, "answer");
        assertHeard(client, "answer");
        say(client, "more");
        assertHeard(server, "more");
        assertThat(world.lookedUp).containsExactly("api.example.com");
        assertThat(world.dialled).containsExactly(443);
        assertThat(world.active()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"a.wild.example,true", "a.b.wild.example,true", "wild.example,false", "awild.example,false",
            "wild.example.evil,false", "example.com,false", "x.api.example.com,false"})
    void wildcard_meansWhatIsBelow(String name, boolean allowed) throws Exception {
        Socket client = world.tls();
        client.getOutputStream().write(Hello.of(name));

        if (allowed) {
            say(world.server(), "come");
            assertHeard(client, "come");
        } else {
            assertRefused(client, "not_allowed");
            assertThat(world.lookedUp).isEmpty();
        }
    }

    @Test
    void helloInManyRecords_isOneHello() throws Exception {
        byte[] hello = Hello.inRecords(Hello.of("api.example.com"), 7);
        Socket client = world.tls();
        client.getOutputStream().write(hello);

        assertThat(world.server().getInputStream().readNBytes(hello.length)).isEqualTo(hello);
    }

    @Test
    void helloWithoutAName_isRefused() throws Exception {
        Socket client = world.tls();
        client.getOutputStream().write(Hello.nameless());

        assertRefused(client, "unclear");
    }

    @Test
    void whatIsNoTls_isRefused() throws Exception {
        Socket client = world.tls();
        say(client, "GET / HTTP/1.1\r\nHost: api.example.com\r\n\r\n");

        assertRefused(client, "unclear");
    }

    @Test
    void helloThatIsBrokenAnywhere_isNotAllowedThings() throws Exception {
        byte[] hello = Hello.of("evil.example.com");
        int refused = 0;
        for (int at = 0; at < hello.length; at += 3) {
            byte[] broken = hello.clone();
            broken[at] ^= 0x55;
            try (Socket client = world.tls()) {
                client.getOutputStream().write(broken);
                client.shutdownOutput();
                assertOver(client);
                refused++;
            }
        }
        assertThat(refused).isPositive();
        assertThat(world.nobodyCame()).isTrue();
    }

    @Test
    void helloThatIsTooLarge_isRefused() throws Exception {
        Socket client = world.tls();
        byte[] record = new byte[16_389];
        Arrays.fill(record, (byte) 0);
        record[0] = 22;
        record[1] = 3;
        record[3] = 0x40;
        byte[] first = record.clone();
        // a hello of 16 MiB
        first[5] = 1;
        first[6] = (byte) 255;
        client.getOutputStream().write(first);
        try {
            client.getOutputStream().write(record);
        } catch (IOException e) {
            // it was refused already
        }

        assertRefused(client, "too_large");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET / HTTP/1.1\r\nHost: api.example.com\r\n"})
    void beginningThatNeverEnds_isRefused(String head) throws Exception {
        try (RelayServer hasty = new RelayServer(new OutboundRelay.Limits(5, 5, Duration.ofMillis(200),
                Duration.ofSeconds(5), Duration.ofMinutes(5)), "api.example.com")) {
            Socket client = hasty.http();
            say(client, head);

            assertOver(client);
            await().untilAsserted(() -> assertThat(hasty.refused("late")).isEqualTo(1));
            Socket halfHello = hasty.tls();
            halfHello.getOutputStream().write(Arrays.copyOf(Hello.of("api.example.com"), 60));
            assertOver(halfHello);
            assertThat(hasty.nobodyCame()).isTrue();
        }
    }

    @Test
    void requestForAnAllowedHost_goesOn_andSoDoOthersForIt() throws Exception {
        Socket client = world.http();
        String first = "POST /a HTTP/1.1\r\nHost: api.example.com:80\r\nContent-Length: 5\r\n\r\nhello";
        String chunks = "5;x=y\r\nGET /\r\n0\r\nTrailer: x\r\n\r\n";
        String second = "POST /b HTTP/1.1\r\nhost:  API.example.com\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
        String third = "GET /c HTTP/1.1\r\nHost: api.example.com\r\n\r\n";
        say(client, first + second);
        Socket server = world.server();

        assertHeard(server, first + second);
        say(client, third);
        assertHeard(server, third);
        say(server, "HTTP/1.1 204 No Content\r\n\r\n");
        assertHeard(client, "HTTP/1.1 204 No Content\r\n\r\n");
        assertThat(world.dialled).containsExactly(80);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Content-Length: 3\r\n\r\nabc",
            "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"})
    void laterRequestForAnotherHost_neverArrives(String body) throws Exception {
        String first = "POST / HTTP/1.1\r\nHost: api.example.com\r\n" + (body.isEmpty() ? "\r\n" : body);
        Socket client = world.http();
        say(client, first + "GET /secret HTTP/1.1\r\nHost: a.wild.example\r\n\r\n");
        Socket server = world.server();

        assertHeard(server, first);
        assertOver(server);
        assertOver(client);
        await().untilAsserted(() -> assertThat(world.refused("other_name")).isEqualTo(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
            "GET / HTTP/1.0\r\nHost: evil.example\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: wild.example\r\n\r\n", "GET / HTTP/1.1\r\nHost: 203.0.113.9\r\n\r\n"})
    void requestForAnotherHost_isRefused(String request) throws Exception {
        Socket client = world.http();
        say(client, request);

        assertRefused(client, "not_allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost:\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: api.example.com\r\nHost: evil.example\r\n\r\n",
            "GET http://evil.example/ HTTP/1.1\r\nHost: api.example.com\r\n\r\n",
            "CONNECT /x HTTP/1.1\r\nHost: api.example.com\r\n\r\n",
            "CONNECT evil.example:443 HTTP/1.1\r\nHost: api.example.com\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\nHost: api.example.com\n\r\n\r\n",
            "\r\nGET / HTTP/1.1\r\nHost: api.example.com\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: api.example.com\r\n folded: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost : api.example.com\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: +3\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: api.example.com\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            "GET / HTTP/1.0\r\nHost: api.example.com\r\nTransfer-Encoding: chunked\r\n\r\n",
            "GET / HTTP/1.1\r\nX: y\nHost: evil.example\r\nHost: api.example.com\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: api.example.com\r\nX: y\rContent-Length: 9\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: api.example.com\r\nX: y\0\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: api.example.com/evil\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: api.example.com\0\r\n\r\n"})
    void requestThatCanBeReadDifferently_isRefused(String request) throws Exception {
        Socket client = world.http();
        say(client, request);

        assertRefused(client, "unclear");
    }

    @Test
    void chunkThatCanBeReadDifferently_isRefused() throws Exception {
        for (String chunk : new String[]{"x\r\n", "5\nhello\r\n", "-1\r\n", "1\r\nab\r\n", "5 5\r\nhello\r\n"}) {
            Socket client = world.http();
            say(client, "POST / HTTP/1.1\r\nHost: api.example.com\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk);
            assertOver(client);
        }
        await().untilAsserted(() -> assertThat(world.refused("unclear")).isEqualTo(5));
    }

    @Test
    void headThatIsTooLarge_isRefused() throws Exception {
        Socket client = world.http();
        say(client, "GET / HTTP/1.1\r\nHost: api.example.com\r\nX: " + "x".repeat(32 * 1024));

        assertRefused(client, "too_large");
    }

    @Test
    void webSocket_goesOn_whereTheServerSwitches() throws Exception {
        String request = "GET / HTTP/1.1\r\nHost: api.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
        Socket client = world.http();
        say(client, request);
        Socket server = world.server();
        assertHeard(server, request);
        say(client, "frames \r\n of any kind");
        say(server, "HTTP/1.1 101 Switching Protocols\r\n\r\n");

        assertHeard(server, "frames \r\n of any kind");
        assertHeard(client, "HTTP/1.1 101");
    }

    @Test
    void webSocketThatTheServerRefused_isCheckedOn() throws Exception {
        String request = "GET / HTTP/1.1\r\nHost: api.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
        Socket client = world.http();
        say(client, request + "GET /secret HTTP/1.1\r\nHost: evil.example\r\n\r\n");
        Socket server = world.server();
        assertHeard(server, request);
        say(server, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");

        assertOver(server);
        await().untilAsserted(() -> assertThat(world.refused("other_name")).isEqualTo(1));
    }

    @Test
    void otherUpgrades_areNotPassedOn() throws Exception {
        Socket client = world.http();
        say(client, "GET / HTTP/1.1\r\nHost: api.example.com\r\nUpgrade: h2c\r\nX: y\r\n\r\n");

        assertHeard(world.server(), "GET / HTTP/1.1\r\nHost: api.example.com\r\nX: y\r\n\r\n");
    }

    @Test
    void nameWithoutAddresses_isRefused() throws Exception {
        world.allow("nowhere.example");
        Socket client = world.tls();
        client.getOutputStream().write(Hello.of("nowhere.example"));

        assertRefused(client, "not_found");
    }

    @Test
    void endOfOneSide_reachesTheOther_whichMayGoOn() throws Exception {
        Socket client = world.http();
        say(client, "POST / HTTP/1.0\r\nHost: api.example.com\r\n\r\n");
        client.shutdownOutput();
        Socket server = world.server();
        hear(server, 43);

        assertThat(server.getInputStream().read()).isEqualTo(-1);
        say(server, "late answer");
        server.shutdownOutput();

        assertHeard(client, "late answer");
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        await().untilAsserted(() -> assertThat(world.active()).isZero());
    }

    @Test
    void serverThatBreaksOff_isNoEnd() throws Exception {
        Socket client = world.http();
        say(client, "GET / HTTP/1.1\r\nHost: api.example.com\r\n\r\n");
        Socket server = world.server();
        hear(server, 40);
        say(server, "HTTP/1.1 200 OK\r\n");
        assertHeard(client, "HTTP/1.1 200 OK\r\n");
        server.setSoLinger(true, 0);
        server.close();

        assertBroken(client);
    }

    @Test
    void muchThatNobodyReads_waits_andArrivesWhole() throws Exception {
        byte[] hello = Hello.of("api.example.com");
        byte[] much = new byte[20_000_000];
        Arrays.fill(much, (byte) 7);
        Socket client = world.tls();
        client.getOutputStream().write(hello);
        Socket server = world.server();
        CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
            try {
                server.getOutputStream().write(much);
                server.shutdownOutput();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        say(client, "ask");
        assertThat(server.getInputStream().readNBytes(hello.length + 3)).hasSize(hello.length + 3);

        assertThat(client.getInputStream().readAllBytes()).isEqualTo(much);
        sent.join();
    }

    @Test
    void changeOfRules_endsWhatTheyDoNotAllow_andOnlyThat() throws Exception {
        Socket api = opened("api.example.com");
        Socket apiServer = world.server();
        hear(apiServer, Hello.of("api.example.com").length);
        Socket wild = opened("a.wild.example");
        Socket wildServer = world.server();

        world.allow("*.wild.example");

        assertBroken(api);
        assertOver(apiServer);
        say(wildServer, "still");
        assertHeard(wild, "still");
        Socket again = opened("api.example.com");
        assertOver(again);
    }

    @Test
    void sandboxThatIsGone_hasNoConnections() throws Exception {
        Socket client = opened("api.example.com");
        Socket server = world.server();

        world.relay.forget(RelayServer.SANDBOX);

        assertBroken(client);
        assertOver(world.tls());
        await().untilAsserted(() -> assertThat(world.active()).isZero());
        server.close();
    }

    private Socket opened(String name) throws Exception {
        Socket client = world.tls();
        client.getOutputStream().write(Hello.of(name));
        return client;
    }

    @Test
    void oneTooMany_isRefused_untilOneEnds() throws Exception {
        try (RelayServer small = new RelayServer(new OutboundRelay.Limits(2, 10, Duration.ofSeconds(60),
                Duration.ofSeconds(5), Duration.ofMinutes(5)), "api.example.com")) {
            Socket first = small.http();
            Socket second = small.http();
            await().untilAsserted(() -> assertThat(small.active()).isEqualTo(2));
            assertTurnedAway(small);
            await().untilAsserted(() -> assertThat(small.refused("too_many")).isEqualTo(1));

            first.close();
            await().untilAsserted(() -> assertThat(small.active()).isEqualTo(1));
            say(second, "GET / HTTP/1.1\r\nHost: api.example.com\r\n\r\n");
            small.server();
            say(small.http(), "GET / HTTP/1.1\r\nHost: api.example.com\r\n\r\n");
            small.server();
        }
    }

    @Test
    void allTogether_areBoundedToo() throws Exception {
        try (RelayServer small = new RelayServer(new OutboundRelay.Limits(10, 1, Duration.ofSeconds(60),
                Duration.ofSeconds(5), Duration.ofMinutes(5)), "api.example.com")) {
            small.http();
            await().untilAsserted(() -> assertThat(small.active()).isEqualTo(1));
            assertTurnedAway(small);
            assertThat(small.active()).isEqualTo(1);
        }
    }

    @Test
    void silenceOfBoth_ends() throws Exception {
        try (RelayServer hasty = new RelayServer(new OutboundRelay.Limits(5, 5, Duration.ofSeconds(60),
                Duration.ofSeconds(5), Duration.ofMillis(300)), "api.example.com")) {
            Socket client = hasty.http();
            say(client, "GET / HTTP/1.1\r\nHost: api.example.com\r\n\r\n");

            assertBroken(client);
            await().untilAsserted(() -> assertThat(hasty.active()).isZero());
        }
    }
}
