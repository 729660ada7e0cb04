package io.sandgate.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sandgate.proxy.http1.StrictHttp.Field;
import io.sandgate.proxy.http1.StrictHttp.Head;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ResponseHeadTest {

    private static final List<String> HEADS = List.of("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n",
            "HTTP/1.0 404 Not Found\r\nDate: now\r\nX: caf\u00e9 \tau  lait \r\n\r\n",
            "HTTP/1.1 304\r\nX-Empty:\r\nConnection: close\r\n\r\n",
            "HTTP/1.1 599 \r\nTransfer-Encoding: chunked\r\nTrailer: a\r\n\r\n");

    private final ResponseHead head = new ResponseHead(4_096);

    private @Nullable String parse(String text) {
        return head.parse(Mutations.exact(text), text.length());
    }

    @Test
    void parse_headsChangedAtRandom_takesWhatTheGrammarTakesAndReadsTheSame() {
        Mutations mutations = new Mutations(4);
        int taken = 0;
        for (int run = 0; run < 40_000; run++) {
            String changed = mutations.of(HEADS.get(run % HEADS.size()));
            int end = new HeadEnd().find(Mutations.exact(changed));
            if (end < 0) {
                continue;
            }
            String text = changed.substring(0, end);
            Optional<Head> expected = StrictHttp.response(text);
            assertThat(parse(text) == null).as(text).isEqualTo(expected.isPresent());
            if (expected.isPresent()) {
                taken++;
                assertReads(expected.get(), text);
            }
        }
        assertThat(taken).isBetween(4_000, 36_000);
    }

    @Test
    void parseAtOnce_headsChangedAtRandom_takesWhatTheGrammarTakesUpToItsEnd() {
        Mutations mutations = new Mutations(14);
        for (int run = 0; run < 40_000; run++) {
            String changed = mutations.of(HEADS.get(run % HEADS.size()) + "body: a\r\n\r\n");
            ByteBuf in = Mutations.exact(changed);
            int end = new HeadEnd().find(in);
            Optional<Head> expected = end < 0
                    ? Optional.empty()
                    : StrictHttp.response(changed.substring(0, end));
            assertThat(head.parseAtOnce(in)).as(changed).isEqualTo(expected.isPresent() ? end : -1);
            assertThat(in.readableBytes()).isEqualTo(changed.length());
            expected.ifPresent(read -> assertReads(read, changed));
        }
    }

    private void assertReads(Head expected, String text) {
        assertThat(head.isOld()).as(text).isEqualTo(expected.start().getFirst().equals("0"));
        assertThat(head.status()).as(text).isEqualTo(Integer.parseInt(expected.start().get(1)));
        List<String> values = new ArrayList<>();
        for (int line = 0; line < head.fields().size(); line++) {
            values.add(head.fields().value(line));
        }
        assertThat(values).as(text).isEqualTo(expected.fields().stream().map(Field::value).toList());
        for (boolean old : new boolean[]{false, true}) {
            ByteBuf out = Unpooled.buffer();
            head.writeLine(out, old);
            head.writeFields(out, (lines, line) -> true);
            Head again = StrictHttp.response(Mutations.text(out) + "\r\n").orElseThrow();
            assertThat(again.start())
                    .isEqualTo(List.of(old ? "0" : "1", expected.start().get(1), expected.start().get(2)));
            assertThat(again.fields()).isEqualTo(expected.fields());
        }
    }

    @Test
    void parse_headLongerThanItMayBe_isNotTaken() {
        String fits = "HTTP/1.1 200 OK\r\nA: " + "b".repeat(4_096 - "HTTP/1.1 200 OK\r\nA: \r\n\r\n".length())
                + "\r\n\r\n";
        assertThat(parse(fits)).isNull();
        assertThat(parse(fits.replace("OK", "OKAY"))).contains("4096");
    }

    @ParameterizedTest
    @CsvSource({"200,'',false,until close", "200,Content-Length: 0,false,complete", "200,Content-Length: 5,false,5",
            "200,Transfer-Encoding: chunked,false,chunked", "200,Transfer-Encoding: Chunked,false,chunked",
            "200,Content-Length: 5,true,complete", "200,Transfer-Encoding: chunked,true,complete",
            "304,Content-Length: 5,false,complete", "204,'',false,complete", "204,Content-Length: 0,false,complete"})
    void frame_oneLength_isTheBody(int status, String field, boolean toHead, String framing) {
        BodyFramer body = new BodyFramer();
        assertThat(parse("HTTP/1.1 " + status + " x\r\n" + (field.isEmpty() ? "" : field + "\r\n") + "\r\n")).isNull();
        assertThat(head.frame(body, toHead)).isNull();
        assertThat(body.isComplete()
                ? "complete"
                : body.isChunked()
                        ? "chunked"
                        : body.isUntilClose() ? "until close" : Long.toString(body.left()))
                .isEqualTo(framing);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 200\nContent-Length: 5\nTransfer-Encoding: chunked", "0 200\nTransfer-Encoding: chunked",
            "1 200\nTransfer-Encoding: gzip, chunked", "1 200\nTransfer-Encoding: chunked\nTransfer-Encoding: gzip",
            "1 200\nTransfer-Encoding: gzip\nTransfer-Encoding: chunked", "1 200\nTransfer-Encoding:",
            "1 200\nContent-Length: 5\nContent-Length: 5", "1 200\nContent-Length: 5, 5", "1 200\nContent-Length: +5",
            "1 200\nContent-Length:", "1 200\nContent-Length: 1000000000000000000", "1 204\nContent-Length: 5",
            "1 204\nTransfer-Encoding: chunked", "1 304\nContent-Length: x"})
    void frame_lengthThatTwoParsersCouldReadDifferently_isNone(String answer) {
        assertThat(parse("HTTP/1." + answer.replace("\n", "\r\n") + "\r\n\r\n")).isNull();
        assertThat(head.frame(new BodyFramer(), false)).isNotNull();
    }
}
