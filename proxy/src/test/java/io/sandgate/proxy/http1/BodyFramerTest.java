package io.sandgate.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class BodyFramerTest {

    private static final List<String> BODIES = List.of("0\r\n\r\n", "3\r\nabc\r\n0\r\n\r\n",
            "3;a=\"b\"\r\nabc\r\n00c\r\n0\r\n\r\nabcdefg\r\n0;c\r\n\r\nGET / HTTP/1.1\r\n\r\n",
            "1\r\na\r\n0\r\nA: b\r\nC:\r\n\r\n", "A\r\n0123456789\r\na\r\n0123456789\r\n0000\r\n\r\n5\r\nagain");

    /// What became of a body.
    ///
    /// @param state complete, broken or open
    /// @param taken how many bytes were taken
    /// @param passed those to be passed on as they are, or the data in them
    record Outcome(String state, int taken, String passed) {}

    private static String state(BodyFramer body) {
        return body.isComplete() ? "complete" : body.isBroken() ? "broken" : "open";
    }

    /// Passes a body through in pieces.
    private static Outcome advance(String text, Mutations pieces) {
        BodyFramer body = new BodyFramer();
        body.chunked();
        FieldLines trailers = new FieldLines();
        StringBuilder passed = new StringBuilder();
        ByteBuf in = Unpooled.buffer();
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int at = 0; at < octets.length && state(body).equals("open");) {
            int piece = pieces.piece(octets.length - at);
            in.writeBytes(octets, at, piece);
            at += piece;
            int from = in.readerIndex();
            int end = body.advance(in);
            assertThat(end).isBetween(from, in.readerIndex());
            passed.append(in.toString(from, end - from, StandardCharsets.ISO_8859_1));
            if (body.takeTrailers(trailers)) {
                ByteBuf out = Unpooled.buffer();
                body.writeTrailers(trailers, (lines, line) -> true, out);
                passed.append(Mutations.text(out));
            }
        }
        return new Outcome(state(body), in.readerIndex(), passed.toString());
    }

    /// Takes the data out of a body in pieces.
    private static Outcome data(String text, Mutations pieces) {
        BodyFramer body = new BodyFramer();
        body.chunked();
        StringBuilder data = new StringBuilder();
        ByteBuf in = Unpooled.buffer();
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int at = 0; at < octets.length && state(body).equals("open");) {
            int piece = pieces.piece(octets.length - at);
            in.writeBytes(octets, at, piece);
            at += piece;
            for (int bytes = body.nextData(in); bytes > 0; bytes = body.nextData(in)) {
                data.append(in.readCharSequence(bytes, StandardCharsets.ISO_8859_1));
                body.dataRead(bytes);
            }
            body.takeTrailers(new FieldLines());
        }
        return new Outcome(state(body), in.readerIndex(), data.toString());
    }

    @Test
    void chunked_bodiesChangedAtRandom_endWhereTheGrammarEndsThem() {
        Mutations mutations = new Mutations(5);
        int complete = 0;
        for (int run = 0; run < 10_000; run++) {
            String text = mutations.of(BODIES.get(run % BODIES.size()));
            Outcome outcome = advance(text, mutations);
            assertThat(advance(text, mutations)).as(text).isEqualTo(outcome);
            Outcome data = data(text, mutations);
            assertThat(data.state()).as(text).isEqualTo(outcome.state());
            if (outcome.state().equals("complete")) {
                complete++;
                assertThat(data.taken()).as(text).isEqualTo(outcome.taken());
                String whole = text.substring(0, outcome.taken());
                assertThat(StrictHttp.chunked(whole)).as(text).contains(data.passed());
                assertThat(outcome.passed()).as(text).isEqualTo(whole);
            } else {
                for (int end = 0; end <= text.length(); end++) {
                    assertThat(StrictHttp.chunked(text.substring(0, end))).as(text).isEqualTo(Optional.empty());
                }
                assertThat(text).startsWith(outcome.passed());
            }
        }
        assertThat(complete).isBetween(1_000, 9_000);
    }

    @Test
    void chunked_brokenByAnOctet_leavesIt() {
        BodyFramer body = new BodyFramer();
        body.chunked();
        ByteBuf in = Mutations.exact("3\nabc");
        int from = in.readerIndex();
        assertThat(body.advance(in)).isEqualTo(from + 1);
        assertThat(body.isBroken()).isTrue();
        assertThat(Mutations.text(in)).isEqualTo("\nabc");
    }

    @ParameterizedTest
    @CsvSource({"fffffffffffffff,open", "1000000000000000,broken", "0000000000000003,broken", "000000000000003,open"})
    void chunked_size_hasAtMostFifteenDigits(String size, String state) {
        assertThat(advance(size + "\r\nx", new Mutations(6)).state()).isEqualTo(state);
    }

    @ParameterizedTest
    @CsvSource({"256,complete", "257,broken"})
    void chunked_sizeLine_isBounded(int length, String state) {
        assertThat(advance("1;" + "x".repeat(length) + "\r\na\r\n0\r\n\r\n", new Mutations(7)).state())
                .isEqualTo(state);
    }

    @ParameterizedTest
    @CsvSource({"8192,1,complete", "8193,1,broken", "1000000,1,broken", "0,256,complete", "0,257,broken"})
    void trailers_areBounded(int bytes, int lines, String state) {
        String last = bytes == 0 ? "" : "B: " + "c".repeat(bytes - "A: b\r\nB: \r\n\r\n".length()) + "\r\n";
        String text = "0\r\n" + "A: b\r\n".repeat(lines) + last + "\r\n";
        BodyFramer body = new BodyFramer();
        body.chunked();
        body.advance(Mutations.exact(text));
        body.takeTrailers(new FieldLines());
        assertThat(state(body)).isEqualTo(state);
        assertThat(body.hasTooManyTrailers()).isEqualTo(state.equals("broken"));
    }

    @Test
    void length_inAnyPieces_endsAfterThatManyBytes() {
        Mutations mutations = new Mutations(8);
        for (int length = 0; length < 50; length++) {
            BodyFramer body = new BodyFramer();
            body.length(length);
            ByteBuf in = Unpooled.buffer();
            while (!body.isComplete()) {
                in.writeZero(mutations.piece(60));
                int from = in.readerIndex();
                long left = body.left();
                assertThat(body.advance(in)).isEqualTo(in.readerIndex()).isEqualTo(from + (int) (left - body.left()));
            }
            assertThat(in.readerIndex()).isEqualTo(length);
            assertThat(body.advance(in)).isEqualTo(length);
        }
    }
}
