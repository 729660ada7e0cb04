package io.sandgate.api.envd.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MessageRoomTest {

    private static final int LONG = MessageRoom.FREE + 1000;

    private final MessageRoom all = new MessageRoom(2_500);
    private final MessageRoom one = all.within(1_500);

    private static byte[] read(MessageRoom.Place place, int length) throws IOException {
        return place.read(new ByteArrayInputStream(new byte[length]), length);
    }

    @Test
    void read_beyondTheRoomOfOneSandbox_isRefusedUntilAnotherCallIsOver() throws IOException {
        MessageRoom.Place first = one.place();
        assertThat(read(first, LONG)).hasSize(LONG);
        try (MessageRoom.Place second = one.place()) {
            assertThat(read(second, MessageRoom.FREE)).hasSize(MessageRoom.FREE);
            assertThatThrownBy(() -> read(second, LONG)).isInstanceOf(MessageRoom.Exhausted.class);

            first.close();
            assertThat(read(second, LONG)).hasSize(LONG);
        }
    }

    @Test
    void read_beyondTheRoomOfAll_isRefusedAndTakesNothing() throws IOException {
        MessageRoom other = all.within(1_500);
        MessageRoom third = all.within(1_500);
        MessageRoom.Place second = other.place();
        try (MessageRoom.Place first = one.place(); MessageRoom.Place last = third.place()) {
            read(first, LONG);
            read(second, LONG);
            assertThatThrownBy(() -> read(last, LONG)).isInstanceOf(MessageRoom.Exhausted.class);

            second.close();
            assertThat(read(last, LONG + 500)).hasSize(LONG + 500);
        }
    }

    @Test
    void read_atTheEndOfTheInput_givesWhatThereIs() throws IOException {
        try (MessageRoom.Place place = one.place()) {
            assertThat(place.read(new ByteArrayInputStream(new byte[7]), LONG)).hasSize(7);
        }
    }
}
