package io.sandgate.gateway.connection.ticket;

import io.sandgate.gateway.connection.ticket.TicketReading.Invalid;
import io.sandgate.gateway.connection.ticket.TicketReading.Valid;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TicketsTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Ticket TICKET = new Ticket("team", "key-1", "u1", Set.of("a", "b"), false,
            START.plusSeconds(60));

    private final Set<String> revoked = new HashSet<>();
    private Instant now = START;
    private final Tickets tickets = tickets("seed");

    private Tickets tickets(String seed) {
        return new Tickets(seed.getBytes(StandardCharsets.UTF_8), () -> now,
                (team, keyId) -> !revoked.contains(team + "/" + keyId));
    }

    private String issued() {
        return tickets.issue(TICKET).orElseThrow();
    }

    @Test
    void read_issued_saysWhatWasIssued() {
        assertThat(tickets.read(issued())).isEqualTo(new Valid(TICKET));
    }

    @Test
    void read_namesOfAnyCharacters_saysWhatWasIssued() {
        Ticket odd = new Ticket("tëam/\u0000|~", "", "a:b@c.~-_", Set.of(), true, START.plusSeconds(1));

        assertThat(tickets.read(tickets.issue(odd).orElseThrow())).isEqualTo(new Valid(odd));
    }

    @Test
    void read_atAnotherReplicaOfTheCluster_isValid() {
        assertThat(tickets("seed").read(issued())).isInstanceOf(Valid.class);
    }

    @Test
    void read_ofAnotherSeed_isNotValid() {
        assertThat(tickets("other").read(issued())).isEqualTo(Invalid.NOT_VALID);
    }

    @Test
    void read_expired_saysSo() {
        String issued = issued();

        now = START.plusSeconds(60).minusMillis(1);
        assertThat(tickets.read(issued)).isInstanceOf(Valid.class);
        now = START.plusSeconds(60);
        assertThat(tickets.read(issued)).isEqualTo(Invalid.EXPIRED);
    }

    @Test
    void read_forgedAndExpired_isOnlyNotValid() {
        String issued = tickets("other").issue(TICKET).orElseThrow();
        now = START.plus(Duration.ofDays(1));

        assertThat(tickets.read(issued)).isEqualTo(Invalid.NOT_VALID);
    }

    @Test
    void read_keyWasRevoked_isNotValid() {
        String issued = issued();

        revoked.add("team/key-1");

        assertThat(tickets.read(issued)).isEqualTo(Invalid.NOT_VALID);
    }

    @Test
    void read_anyByteChanged_isNotValid() {
        byte[] bytes = Base64.getUrlDecoder().decode(issued());
        for (int i = 0; i < bytes.length; i++) {
            byte[] forged = bytes.clone();
            forged[i] ^= 1;
            assertThat(tickets.read(Base64.getUrlEncoder().withoutPadding().encodeToString(forged)))
                    .as("byte " + i).isEqualTo(Invalid.NOT_VALID);
        }
    }

    @Test
    void read_anyPartOfIt_isNotValid() {
        String issued = issued();
        for (int length = 0; length < issued.length(); length++) {
            assertThat(tickets.read(issued.substring(0, length))).isEqualTo(Invalid.NOT_VALID);
        }
    }

    @Test
    void read_anotherSpellingOfTheSameBytes_isNotValid() {
        // 2 bits of the last character mean nothing to a decoder
        Ticket sized = IntStream.range(1, 4).mapToObj(length -> new Ticket("t".repeat(length), "", "u", Set.of(),
                false, START.plusSeconds(60))).filter(ticket -> tickets.issue(ticket).orElseThrow().length() % 4 == 3)
                .findFirst().orElseThrow();
        String issued = tickets.issue(sized).orElseThrow();
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        char last = issued.charAt(issued.length() - 1);
        String other = issued.substring(0, issued.length() - 1) + alphabet.charAt(alphabet.indexOf(last) ^ 1);

        assertThat(Base64.getUrlDecoder().decode(other)).isEqualTo(Base64.getUrlDecoder().decode(issued));
        assertThat(tickets.read(other)).isEqualTo(Invalid.NOT_VALID);
        assertThat(tickets.read(issued + "=")).isEqualTo(Invalid.NOT_VALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "not base64!", "../../etc", "AAAA", "\u0000"})
    void read_whatIsNoTicket_isNotValidInTheSameWords(String text) {
        assertThat(tickets.read(text)).isEqualTo(Invalid.NOT_VALID);
    }

    @Test
    void read_longerThanAnyTicket_isNotValid() {
        assertThat(tickets.read("A".repeat(10_000_000))).isEqualTo(Invalid.NOT_VALID);
    }

    @Test
    void issue_moreRoomsThanFit_isRefused() {
        Set<String> rooms = IntStream.range(0, 64).mapToObj(i -> "r".repeat(60) + i).collect(Collectors.toSet());

        assertThat(tickets.issue(new Ticket("team", "key-1", "u1", rooms, false, START))).isEmpty();
    }

    @Test
    void issue_sameTwice_isTheSame() {
        assertThat(tickets.issue(TICKET)).isEqualTo(tickets.issue(
                new Ticket("team", "key-1", "u1", Set.of("b", "a"), false, START.plusSeconds(60))));
    }
}
