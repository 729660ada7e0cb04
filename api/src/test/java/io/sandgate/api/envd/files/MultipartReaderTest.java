package io.sandgate.api.envd.files;

import io.sandgate.api.envd.wire.HttpFailure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MultipartReaderTest {

    private static final String BOUNDARY = "--bound";

    @Test
    void parts_ofAnyBytesInAnyPieces_comeOutAsTheyWere() throws Exception {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<byte[]> sent = new ArrayList<>();
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            body.writeBytes(random.nextBoolean() ? bytes("preamble\r\n") : new byte[0]);
            for (int i = random.nextInt(4); i >= 0; i--) {
                byte[] content = content(random);
                sent.add(content);
                body.writeBytes(bytes("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n"));
                body.writeBytes(content);
                body.writeBytes(bytes("\r\n"));
            }
            body.writeBytes(bytes("--" + BOUNDARY + "--\r\nepilogue"));

            assertThat(read(new Pieces(body.toByteArray(), random))).as("seed %s", seed)
                    .usingElementComparator(java.util.Arrays::compare).isEqualTo(sent);
        }
    }

    /// Much of what looks like the beginning of a delimiter, and lengths around that of the window.
    private static byte[] content(Random random) {
        String[] bits = {"\r", "\n", "\r\n", "-", "--", "\r\n--", "\r\n----boun", "x", "\r\n--bound"};
        StringBuilder content = new StringBuilder();
        int length = random.nextInt(5) == 0 ? 60_000 + random.nextInt(12_000) : random.nextInt(60);
        while (content.length() < length) {
            content.append(random.nextInt(20) == 0
                    ? bits[random.nextInt(bits.length)]
                    : random.nextBoolean()
                            ? "abcdefg"
                            : bits[random.nextInt(bits.length)]);
        }
        return bytes(content.toString());
    }

    @Test
    void part_thatIsNotRead_isSkipped() throws Exception {
        MultipartReader reader = new MultipartReader(new ByteArrayInputStream(bytes("""
                --b\r
                Content-Disposition: form-data; name="a"\r
                \r
                skipped\r
                --b\r
                Content-Disposition: form-data; name="file"; filename="/d/\\"q\\" C:\\x.txt"\r
                \r
                kept\r
                --b--""")), "b");

        reader.next();
        MultipartReader.Part second = reader.next().orElseThrow();
        assertThat(second.disposition().parameter("filename")).contains("/d/\"q\" C:\\x.txt");
        assertThat(second.bytes().readAllBytes()).asString().isEqualTo("kept");
        assertThat(reader.next()).isEmpty();
        assertThat(reader.next()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no boundary", "--b", "--bc\r\n\r\n\r\n--b--", "--b\r\nName: x", "--b\r\n\r\ncontent",
            "--b\r\n\r\ncontent\r\n--c--"})
    void body_thatIsMalformed_isRefused(String body) {
        assertRefused(new ByteArrayInputStream(bytes(body)));
    }

    @Test
    void bomb_ofParts_isRefused() {
        assertRefused(new Endless("\r\n--b\r\n\r\n"));
    }

    @Test
    void bomb_ofOneHeader_isRefused() {
        assertRefused(new Endless("--b\r\n", "name: x\r\n"));
        assertRefused(new Endless("--b\r\n", "xxxxxxxx"));
    }

    @Test
    void bomb_ofManyHeaders_isRefused() {
        assertRefused(new Endless("\r\n--b\r\nname: " + "x".repeat(10_000) + "\r\n\r\n"));
    }

    @Test
    void boundary_thatIsMissingOrTooLong_isRefused() {
        for (String boundary : new String[]{"", "b".repeat(300)}) {
            assertThatThrownBy(() -> new MultipartReader(InputStream.nullInputStream(), boundary))
                    .isInstanceOf(HttpFailure.class);
        }
    }

    private static void assertRefused(InputStream body) {
        MultipartReader reader = new MultipartReader(body, "b");
        assertThatThrownBy(() -> {
            for (Optional<MultipartReader.Part> part = reader.next(); part.isPresent(); part = reader.next()) {
                part.get().bytes().transferTo(java.io.OutputStream.nullOutputStream());
            }
        }).isInstanceOf(HttpFailure.class).hasMessageContaining("multipart body");
    }

    private static List<byte[]> read(InputStream body) throws IOException {
        MultipartReader reader = new MultipartReader(body, BOUNDARY);
        List<byte[]> read = new ArrayList<>();
        for (Optional<MultipartReader.Part> part = reader.next(); part.isPresent(); part = reader.next()) {
            read.add(part.get().bytes().readAllBytes());
        }
        return read;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// Gives bytes in pieces of random lengths.
    private static final class Pieces extends ByteArrayInputStream {
        private final Random random;

        Pieces(byte[] bytes, Random random) {
            super(bytes);
            this.random = random;
        }

        @Override
        public synchronized int read(byte[] target, int offset, int length) {
            int most = random.nextBoolean() ? length : 1 + random.nextInt(40);
            return super.read(target, offset, Math.min(length, most));
        }
    }

    /// Gives the same again and again.
    private static final class Endless extends InputStream {
        private final byte[] first;
        private final byte[] repeated;
        private long position;

        Endless(String repeated) {
            this("", repeated);
        }

        Endless(String first, String repeated) {
            this.first = bytes(first);
            this.repeated = bytes(repeated);
        }

        @Override
        public int read() {
            long at = position++;
            return at < first.length ? first[(int) at] : repeated[(int) ((at - first.length) % repeated.length)];
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            for (int i = 0; i < length; i++) {
                target[offset + i] = (byte) read();
            }
            return length;
        }
    }
}
