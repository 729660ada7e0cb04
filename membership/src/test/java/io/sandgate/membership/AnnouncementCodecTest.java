package io.sandgate.membership;

import io.sandgate.membership.Decoded.Undecodable;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class AnnouncementCodecTest {
    private static final Announcement SMALL = new Announcement(
            new Member("a", 2, new Endpoint("b", 3), new Endpoint("::1", 65535), MemberState.UNHEALTHY), 4,
            new RouteSummary(-5, 6));
    private static final String SMALL_HEX = "5347" + "02" + "03" + "0000000000000002" + "0000000000000004"
            + "fffffffffffffffb" + "0000000000000006" + "0161"
            + "01620003" + "033a3a31ffff";

    private static final String NO_ROUTES = "0".repeat(32);

    @ParameterizedTest
    @EnumSource(MemberState.class)
    void announcement_ofEachState_comesBackAsItWas(MemberState state) {
        Announcement announcement = new Announcement(Members.member("replica-1", Long.MAX_VALUE).in(state), 7,
                new RouteSummary(Long.MIN_VALUE, Long.MAX_VALUE));

        assertThat(AnnouncementCodec.decode(AnnouncementCodec.encode(announcement))).isEqualTo(announcement);
    }

    @Test
    void announcement_withLongestTexts_fits() {
        Endpoint longest = new Endpoint("h".repeat(255), 65535);
        Announcement announcement = new Announcement(
                new Member("i".repeat(128), 1, longest, longest, MemberState.READY), 1, RouteSummary.NONE);

        assertThat(AnnouncementCodec.decode(AnnouncementCodec.encode(announcement))).isEqualTo(announcement);
    }

    @Test
    void bytes_ofVersion2_areTheDocumentedOnes() {
        assertThat(HexFormat.of().formatHex(AnnouncementCodec.encode(SMALL))).isEqualTo(SMALL_HEX);
        assertThat(AnnouncementCodec.decode(HexFormat.of().parseHex(SMALL_HEX))).isEqualTo(SMALL);
    }

    @ParameterizedTest
    @CsvSource({
            "no magic,           0000 02 00 0000000000000001 0000000000000001 SUMMARY 0161 01620003 01620003, magic: 0",
            "unknown state,      5347 02 04 0000000000000001 0000000000000001 SUMMARY 0161 01620003 01620003, state: 4",
            "bad incarnation,    5347 02 00 8000000000000000 0000000000000001 SUMMARY 0161 01620003 01620003, incarnation: -9",
            "sequence 0,         5347 02 00 0000000000000001 0000000000000000 SUMMARY 0161 01620003 01620003, sequence: 0",
            "negative count,     5347 02 00 0000000000000001 0000000000000001 0000000000000000 8000000000000000 0161 01620003 01620003, route count: -9",
            "empty id,           5347 02 00 0000000000000001 0000000000000001 SUMMARY 00   01620003 01620003, id: ",
            "line feed in id,    5347 02 00 0000000000000001 0000000000000001 SUMMARY 010a 01620003 01620003, id: ?",
            "id not UTF-8,       5347 02 00 0000000000000001 0000000000000001 SUMMARY 01ff 01620003 01620003, text: not UTF-8",
            "empty host,         5347 02 00 0000000000000001 0000000000000001 SUMMARY 0161 000003   01620003, host: (blank)",
            "bracket in host,    5347 02 00 0000000000000001 0000000000000001 SUMMARY 0161 015b0003 01620003, host: [",
            "port 0,             5347 02 00 0000000000000001 0000000000000001 SUMMARY 0161 01620000 01620003, port: 0",
            "length beyond end,  5347 02 00 0000000000000001 0000000000000001 SUMMARY ff61 01620003 01620003, length: 46",
            "trailing byte,      5347 02 00 0000000000000001 0000000000000001 SUMMARY 0161 01620003 0162000300, trailing bytes: 1"})
    void bytes_thatAreNoAnnouncement_areGarbage(String name, String hex, String detail) {
        Decoded decoded = AnnouncementCodec
                .decode(HexFormat.of().parseHex(hex.replace("SUMMARY", NO_ROUTES).replace(" ", "")));

        assertThat(decoded).as(name).isInstanceOfSatisfying(Undecodable.class, undecodable -> {
            assertThat(undecodable.reason()).isEqualTo(IgnoreReason.GARBAGE);
            assertThat(undecodable.detail()).startsWith(detail);
        });
    }

    @Test
    void bytes_cutAnywhere_areGarbage() {
        byte[] whole = AnnouncementCodec.encode(SMALL);

        assertThat(IntStream.range(0, whole.length)
                .mapToObj(length -> AnnouncementCodec.decode(Arrays.copyOf(whole, length))))
                .allSatisfy(decoded -> assertThat(decoded).isInstanceOfSatisfying(Undecodable.class,
                        undecodable -> assertThat(undecodable.reason()).isEqualTo(IgnoreReason.GARBAGE)));
    }

    @Test
    void bytes_ofAnotherVersion_areRefusedWhateverFollows() {
        assertThat(AnnouncementCodec.decode(HexFormat.of().parseHex("534701ffffff")))
                .isEqualTo(new Undecodable(IgnoreReason.UNKNOWN_VERSION, "version: 1 (expected: 2)"));
        assertThat(AnnouncementCodec.decode(HexFormat.of().parseHex("534703ffffff")))
                .isEqualTo(new Undecodable(IgnoreReason.UNKNOWN_VERSION, "version: 3 (expected: 2)"));
    }

    @Test
    void bytes_longerThanAnyAnnouncement_areGarbage() {
        assertThat(AnnouncementCodec.decode(new byte[AnnouncementCodec.LONGEST + 1]))
                .isEqualTo(new Undecodable(IgnoreReason.GARBAGE, "length: 1025 (expected: at most 1024)"));
    }

    @Test
    void bytes_changedAtRandom_neverThrow() {
        Random random = new Random(42);
        byte[] whole = AnnouncementCodec.encode(SMALL);
        for (int round = 0; round < 20_000; round++) {
            byte[] changed = Arrays.copyOf(whole, random.nextInt(4, 64));
            for (int flips = random.nextInt(1, 6); flips > 0; flips--) {
                changed[random.nextInt(3, changed.length)] = (byte) random.nextInt();
            }

            assertThat(AnnouncementCodec.decode(changed)).isNotNull();
        }
    }
}
