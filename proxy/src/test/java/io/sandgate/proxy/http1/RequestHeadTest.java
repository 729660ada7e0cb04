package io.sandgate.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sandgate.proxy.http1.StrictHttp.Field;
import io.sandgate.proxy.http1.StrictHttp.Head;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class RequestHeadTest {

    private static final List<String> HEADS = List.of("GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /a?b=c HTTP/1.1\r\nHost: a:80\r\nContent-Length: 12\r\nX-Empty:\r\n\r\n",
            "PUT http://a/ HTTP/1.0\r\nhost:\t a \r\nTransfer-Encoding: chunked\r\nX: caf\u00e9 \tau  lait\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHOST: a\r\nConnection: a, b\r\nConnection: c\r\n\r\n");

    private final RequestHead head = new RequestHead(8_192, 16_384);

    private RequestHead.@Nullable Malformed parse(String text) {
        ByteBuf in = Mutations.exact(text);
        RequestHead.Malformed malformed = head.parse(in, text.length());
        assertThat(in.readableBytes()).isEqualTo(text.length());
        return malformed;
    }

    private int status(String text) {
        RequestHead.Malformed malformed = parse(text);
        return malformed == null ? 200 : malformed.status();
    }

    private static List<Field> fields(FieldLines lines) {
        List<Field> fields = new ArrayList<>();
        for (int line = 0; line < lines.size(); line++) {
            fields.add(new Field(lines.lowerName(line), lines.value(line)));
        }
        return fields;
    }

    private static List<Field> lower(List<Field> fields) {
        return fields.stream()
                .map(field -> new Field(field.name().toLowerCase(java.util.Locale.ROOT), field.value())).toList();
    }

    @Test
    void parse_headsChangedAtRandom_takesWhatTheGrammarTakesAndReadsTheSame() {
        Mutations mutations = new Mutations(2);
        int taken = 0;
        for (int run = 0; run < 40_000; run++) {
            String changed = mutations.of(HEADS.get(run % HEADS.size()));
            int end = new HeadEnd().find(Mutations.exact(changed));
            if (end < 0) {
                continue;
            }
            String text = changed.substring(0, end);
            Optional<Head> expected = StrictHttp.request(text);
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
        Mutations mutations = new Mutations(12);
        for (int run = 0; run < 40_000; run++) {
            String changed = mutations.of(HEADS.get(run % HEADS.size()) + "body: a\r\n\r\n");
            ByteBuf in = Mutations.exact(changed);
            int end = new HeadEnd().find(in);
            Optional<Head> expected = end < 0
                    ? Optional.empty()
                    : StrictHttp.request(changed.substring(0, end));
            assertThat(head.parseAtOnce(in)).as(changed).isEqualTo(expected.isPresent() ? end : -1);
            assertThat(in.readableBytes()).isEqualTo(changed.length());
            expected.ifPresent(read -> assertReads(read, changed));
        }
    }

    @Test
    void parseAtOnce_lineOrFieldsLongerThanTheyMayBe_takesNothing() {
        RequestHead small = new RequestHead("GET /a HTTP/1.1\r\n".length(), "A: b\r\n\r\n".length());
        String fits = "GET /a HTTP/1.1\r\nA: b\r\n\r\n";
        assertThat(small.parseAtOnce(Mutations.exact(fits + "body"))).isEqualTo(fits.length());
        assertThat(small.parseAtOnce(Mutations.exact("GET /aa HTTP/1.1\r\n\r\n"))).isEqualTo(-1);
        assertThat(small.parseAtOnce(Mutations.exact("GET / HTTP/1.1\r\nA: bb\r\n\r\n"))).isEqualTo(-1);
    }

    private void assertReads(Head expected, String text) {
        assertThat(List.of(head.method(), head.target(), head.isOld() ? "0" : "1")).as(text)
                .isEqualTo(expected.start());
        assertThat(head.isMethod(expected.start().getFirst())).isTrue();
        assertThat(head.isOriginForm()).isEqualTo(expected.start().get(1).startsWith("/"));
        assertThat(fields(head.fields())).as(text).isEqualTo(lower(expected.fields()));
        ByteBuf out = Unpooled.buffer();
        head.writeLine(out, null);
        head.writeFields(out, (lines, line) -> true);
        Head again = StrictHttp.request(Mutations.text(out) + "\r\n").orElseThrow();
        assertThat(again.start()).isEqualTo(List.of(head.method(), head.target(), "1"));
        assertThat(again.fields()).isEqualTo(expected.fields());
        assertFrames(expected.fields(), text);
    }

    private void assertFrames(List<Field> fields, String text) {
        List<String> codings = values(fields, "transfer-encoding");
        List<String> lengths = values(fields, "content-length");
        assertThat(head.fields().values(FieldName.TRANSFER_ENCODING)).isEqualTo(codings);
        assertThat(head.fields().values(FieldName.CONTENT_LENGTH)).isEqualTo(lengths);
        BodyFramer body = new BodyFramer();
        if (codings.isEmpty() && lengths.size() <= 1) {
            String length = lengths.isEmpty() ? "0" : lengths.getFirst();
            boolean isLength = length.matches("[0-9]{1,18}");
            assertThat(head.frame(body)).as(text).isEqualTo(isLength);
            assertThat(body.left()).isEqualTo(isLength ? Long.parseLong(length) : 0);
        } else if (!codings.isEmpty()) {
            assertThat(head.frame(body)).isTrue();
            assertThat(body.isChunked()).isTrue();
        }
    }

    private static List<String> values(List<Field> fields, String name) {
        return fields.stream().filter(field -> field.name().equalsIgnoreCase(name)).map(Field::value).toList();
    }

    @Test
    void writeFields_someOfThem_areThoseInTheirOrder() {
        String text = "GET / HTTP/1.0\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n";
        assertThat(parse(text)).isNull();
        for (int run = 0; run < 16; run++) {
            int bits = run;
            ByteBuf out = Unpooled.buffer();
            head.writeFields(out, (lines, line) -> (bits >> line & 1) == 1);
            StringBuilder expected = new StringBuilder();
            for (int line = 0; line < 4; line++) {
                if ((bits >> line & 1) == 1) {
                    expected.append((char) ('A' + line)).append(": ").append(line + 1).append("\r\n");
                }
            }
            assertThat(Mutations.text(out)).isEqualTo(expected.toString());
        }
        ByteBuf line = Unpooled.buffer();
        head.writeLine(line, "/other");
        assertThat(line.toString(StandardCharsets.US_ASCII)).isEqualTo("GET /other HTTP/1.1\r\n");
    }

    @ParameterizedTest
    @CsvSource({"HTTP/1.2,505", "HTTP/2.0,505", "HTTP/0.9,505", "HTTP/1.10,400", "HTTP/1.,400", "HTTP/11,400",
            "http/2.0,400",
            "HTTP/a.1,400", "HTTP,400", "HTTPS/1.1,400", "HTTP/1.1,200", "HTTP/1.0,200"})
    void parse_version_isKnownOrNotSupportedOrNone(String version, int status) {
        assertThat(status("GET / " + version + "\r\nHost: a\r\n\r\n")).isEqualTo(status);
    }

    @Test
    void parse_afterAnotherHead_remembersNothingOfIt() {
        assertThat(status("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).isEqualTo(200);
        assertThat(status("G@T / HTTP/1.1\r\nHost: a\r\n\r\n")).isEqualTo(400);
    }

    @Test
    void parse_longHeads_areTakenUpToTheLimits() {
        String target = "/" + "a".repeat(8_192 - "GET / HTTP/1.1\r\n".length());
        String fields = "A: " + "b".repeat(16_384 - "A: \r\n\r\n".length()) + "\r\n\r\n";
        assertThat(status("GET " + target + " HTTP/1.1\r\n" + fields)).isEqualTo(200);
        assertThat(status("GET " + target + "a HTTP/1.1\r\n\r\n")).isEqualTo(414);
        assertThat(status("GET / HTTP/1.1\r\nA" + fields)).isEqualTo(431);
        assertThat(status("GET " + target + " HTTP/1.1\r\nA" + fields)).isEqualTo(431);
        assertThat(status("GET " + target + "a HTTP/1.1\r\n" + fields)).isEqualTo(414);
        assertThat(status("GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(256) + "\r\n")).isEqualTo(200);
        assertThat(status("GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(257) + "\r\n")).isEqualTo(431);
        assertThat(head.tooLong(Mutations.exact("a".repeat(30_000))).status()).isEqualTo(414);
        assertThat(head.tooLong(Mutations.exact("GET / HTTP/1.1\r\n" + "a".repeat(30_000))).status()).isEqualTo(431);
    }
}
