package io.sandgate.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class HeadEndTest {

    private static final String HEAD = "GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\n";
    /// An empty line, at the beginning or behind another line.
    private static final Pattern EMPTY_LINE = Pattern.compile("(?:^|\n)\r?\n");

    @ParameterizedTest
    @CsvSource({"'',-1", "'a\r\n\r',-1", "'a\r\n\r\nb',5", "'a\n\nb',3", "'a\n\r\nb',4", "'\r\na',2", "'\na',1",
            "'a\r\n\r\r\n',-1", "'a\r\n \r\n',-1", "'\r\r\n',-1"})
    void find_whole_isAfterTheFirstEmptyLine(String text, int end) {
        assertThat(new HeadEnd().find(Mutations.exact(text))).isEqualTo(end);
    }

    @Test
    void find_inAnyPieces_isTheSameAsInTheWhole() {
        Mutations mutations = new Mutations(1);
        for (int run = 0; run < 20_000; run++) {
            String text = mutations.of(HEAD);
            Matcher empty = EMPTY_LINE.matcher(text);
            int expected = empty.find() ? empty.end() : -1;
            byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
            ByteBuf in = Unpooled.buffer().writeZero(3).skipBytes(3);
            HeadEnd end = new HeadEnd();
            int found = -1;
            for (int at = 0; at < octets.length && found < 0;) {
                int piece = mutations.piece(octets.length - at);
                in.writeBytes(octets, at, piece);
                at += piece;
                found = end.find(in);
            }
            assertThat(found).as(text).isEqualTo(expected);
        }
    }
}
