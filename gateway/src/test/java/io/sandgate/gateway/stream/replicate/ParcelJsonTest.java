package io.sandgate.gateway.stream.replicate;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ParcelJsonTest {
    private static final Stamp STAMP = new Stamp("r1", Long.MAX_VALUE, 7);
    private static final Event EVENT = new Event("sandbox.killed", "sandbox/\u0000\"ü\uD83D\uDE00", true,
            Instant.parse("2026-05-01T12:00:00.123456789Z"), "i1", "tèam", Map.of("a\nb", "\"\\\u2028"),
            "{ \"n\" : 1.0e5,\n\"s\":\"\\u00fc\\\"\" }", Reach.CLUSTER);
    private static final Event EMPTY = new Event("shard.event", "", false, Instant.EPOCH, "", "", Map.of(), "{}",
            Reach.CLUSTER);
    private static final Parcel.Page PAGE = new Parcel.Page(new Cursor("e-1", 5), 9, 3);

    static Stream<Parcel> parcels() {
        return Stream.of(
                new Parcel.Range(STAMP, new Cursor("e1", 4), 9,
                        List.of(new Relayed(new Cursor("e1", 5), EVENT), new Relayed(new Cursor("e1", 9), EMPTY))),
                new Parcel.Range(STAMP, new Cursor("e1", 0), 0, List.of()),
                new Parcel.Names(STAMP, PAGE, false, List.of("a/\"b", "")),
                new Parcel.Names(STAMP, PAGE, true, List.of()),
                new Parcel.States(STAMP, PAGE, true, List.of(new Relayed(new Cursor("e0", 7), EVENT))));
    }

    @ParameterizedTest
    @MethodSource("parcels")
    void parcel_writtenAndRead_isTheSame(Parcel parcel) {
        assertThat(ParcelJson.readParcel(ParcelJson.write(parcel))).isEqualTo(parcel);
    }

    @Test
    void reply_writtenAndRead_isTheSame() {
        for (Reply reply : List.of(new Reply(true, Optional.of(new Cursor("e1", 4))),
                new Reply(false, Optional.empty()))) {
            assertThat(ParcelJson.readReply(reply.taken(), ParcelJson.write(reply).toBuffer())).isEqualTo(reply);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "{\"from\":\"r\",\"start\":1,\"number\":1}",
            "{\"from\":\"r\",\"start\":\"1\",\"number\":1,\"after\":\"e:1\",\"to\":1,\"entries\":[]}",
            "{\"from\":\"r\",\"start\":1,\"number\":1,\"after\":\"e:-1\",\"to\":1,\"entries\":[]}",
            "{\"from\":\"r\",\"start\":1,\"number\":1,\"after\":\"e:1\",\"to\":0,\"entries\":[]}",
            "{\"from\":\"r\",\"start\":1,\"number\":1,\"after\":\"e:1\",\"to\":1,\"entries\":[[]]}",
            "{\"from\":\"r\",\"start\":1,\"number\":1,\"after\":\"e:1\",\"to\":3,\"entries\":[[\"e:1\",\"k\",\"\",false,\"2026-05-01T12:00:00Z\",\"\",\"\",{},\"{}\"]]}",
            "{\"from\":\"r\",\"start\":1,\"number\":1,\"after\":\"e:1\",\"to\":3,\"entries\":[[\"f:2\",\"k\",\"\",false,\"2026-05-01T12:00:00Z\",\"\",\"\",{},\"{}\"]]}",
            "{\"from\":\"r\",\"start\":1,\"number\":1,\"after\":\"e:1\",\"to\":3,\"entries\":[[\"e:2\",\"k\",\"\",false,\"today\",\"\",\"\",{},\"{}\"]]}",
            "{\"from\":\"r\",\"start\":1,\"number\":1,\"after\":\"e:1\",\"to\":3,\"entries\":[[\"e:2\",\"k\",\"\",false,\"2026-05-01T12:00:00Z\",\"\",\"\",{\"a\":1},\"{}\"]]}",
            "{\"from\":\"r\",\"start\":1,\"number\":1,\"place\":\"e:1\",\"token\":1,\"page\":0,\"names\":[]}",
            "{\"from\":\"r\",\"start\":1,\"number\":1,\"place\":\"e:1\",\"token\":1,\"page\":0,\"last\":true,\"names\":[null]}"})
    void parcel_thatIsNone_isRefused(String text) {
        Buffer body = Buffer.buffer(text);
        assertThatThrownBy(() -> ParcelJson.readParcel(body)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"heard\":7}", "{\"heard\":\"x\"}"})
    void reply_thatIsNone_isRefused(String text) {
        Buffer body = Buffer.buffer(text);
        assertThatThrownBy(() -> ParcelJson.readReply(true, body)).isInstanceOf(IllegalArgumentException.class);
    }
}
