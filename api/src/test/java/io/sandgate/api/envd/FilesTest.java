package io.sandgate.api.envd;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class FilesTest {

    private static final String DATE = "Mon, 04 May 2026 03:02:01 GMT";

    private final TestFace face = new TestFace();

    @BeforeEach
    void file() throws Exception {
        Files.writeString(face.root.resolve("f.txt"), "0123456789");
        Files.setLastModifiedTime(face.root.resolve("f.txt"), FileTime.from(Instant.parse("2026-05-04T03:02:01Z")));
        Files.createFile(face.root.resolve("empty"));
    }

    @AfterEach
    void close() {
        Awaitility.await().until(() -> face.files.open.get() == 0);
        face.close();
    }

    @Test
    void file_thatIsRead_comesWithWhatDescribesIt() {
        HttpResponse<byte[]> answer = face.get("/files?path=/f.txt");

        assertThat(TestFace.text(answer)).isEqualTo("0123456789");
        assertThat(field(answer, "content-length")).isEqualTo("10");
        assertThat(field(answer, "content-type")).isEqualTo("text/plain");
        assertThat(field(answer, "content-disposition")).isEqualTo("inline; filename=\"f.txt\"");
        assertThat(field(answer, "last-modified")).isEqualTo(DATE);
        assertThat(field(answer, "vary")).isEqualTo("Accept-Encoding");
        assertThat(field(answer, "accept-ranges")).isEqualTo("bytes");
    }

    @Test
    void file_withAnUnusualName_saysItInBothForms() throws Exception {
        Files.writeString(face.root.resolve("ü \"q\""), "x");

        assertThat(field(face.get("/files?path=/%C3%BC%20%22q%22"), "content-disposition"))
                .isEqualTo("inline; filename=\"_ \\\"q\\\"\"; filename*=utf-8''%C3%BC%20%22q%22");
    }

    @Test
    void file_thatIsEmpty_hasALengthOfZero() {
        HttpResponse<byte[]> answer = face.get("/files?path=/empty", "accept-encoding", "gzip, deflate");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(field(answer, "content-length")).isEqualTo("0");
        assertThat(field(answer, "content-encoding")).isEmpty();
    }

    @Test
    void file_thatIsNotThere_saysSo() {
        HttpResponse<byte[]> answer = face.get("/files?path=/no/such");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(TestFace.text(answer)).isEqualTo("{\"code\":404,\"message\":\"path '/no/such' does not exist\"}");
    }

    @ParameterizedTest
    @CsvSource({"/files?path=/,400", "/files?path=/a%00b,400", "/files?path=/../x,403", "/files?path=%zz,400",
            "/files?path=/f.txt&username=nobody-here,401"})
    void file_thatCannotBeRead_isRefused(String path, int status) throws Exception {
        try (RawClient client = face.raw()) {
            client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(client.readUntil("}")).contains("HTTP/1.1 " + status, "{\"code\":" + status);
        }
    }

    @Test
    void head_ofAFile_hasItsFieldsOnly() throws Exception {
        try (RawClient client = face.raw()) {
            client.send("HEAD /files?path=/f.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

            assertThat(client.rest()).contains("content-length: 10").endsWith("\r\n\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource({"bytes=0-3,206,0123,bytes 0-3/10", "bytes=4-,206,456789,bytes 4-9/10", "bytes=-3,206,789,bytes 7-9/10",
            "bytes=8-99,206,89,bytes 8-9/10", "bytes=10-,416,'',bytes */10", "bytes=-0,416,'',bytes */10",
            "'bytes=0-1,4-5',200,0123456789,''", "bytes=5-4,200,0123456789,''", "lines=1-2,200,0123456789,''"})
    void range_ofAFile_isSentAlone(String range, int status, String content, String said) {
        HttpResponse<byte[]> answer = face.get("/files?path=/f.txt", "range", range);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(TestFace.text(answer)).isEqualTo(content);
        assertThat(field(answer, "content-range")).isEqualTo(said);
    }

    @Test
    void range_ofAnotherVersion_isTheWholeFile() {
        String tag = field(face.get("/files?path=/f.txt"), "etag");

        assertThat(face.get("/files?path=/f.txt", "range", "bytes=0-1", "if-range", tag).statusCode()).isEqualTo(206);
        assertThat(face.get("/files?path=/f.txt", "range", "bytes=0-1", "if-range", DATE).statusCode()).isEqualTo(206);
        assertThat(face.get("/files?path=/f.txt", "range", "bytes=0-1", "if-range", "\"x\"").statusCode())
                .isEqualTo(200);
    }

    @Test
    void file_thatIsKnown_isNotSentAgain() {
        String tag = field(face.get("/files?path=/f.txt"), "etag");

        assertThat(face.get("/files?path=/f.txt", "if-none-match", "\"x\", " + tag).statusCode()).isEqualTo(304);
        assertThat(face.get("/files?path=/f.txt", "if-none-match", "\"x\"").statusCode()).isEqualTo(200);
        assertThat(face.get("/files?path=/f.txt", "if-modified-since", DATE).statusCode()).isEqualTo(304);
        assertThat(face.get("/files?path=/f.txt", "if-modified-since", "Mon, 04 May 2026 03:02:00 GMT").statusCode())
                .isEqualTo(200);
        assertThat(face.get("/files?path=/f.txt", "if-modified-since", "yesterday").statusCode()).isEqualTo(200);
        assertThat(face.get("/files?path=/f.txt", "if-none-match", "\"x\"", "if-modified-since", DATE).statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"'gzip, deflate',gzip", "'deflate, gzip;q=0.5',gzip", "gzip;q=0,''", "'identity, gzip;q=0.5',''",
            "*,''", "'*, identity;q=0',gzip", "br,''"})
    void encoding_thatIsPreferred_isSent(String accepted, String coding) throws Exception {
        HttpResponse<byte[]> answer = face.get("/files?path=/f.txt", "accept-encoding", accepted);

        assertThat(field(answer, "content-encoding")).isEqualTo(coding);
        byte[] plain = coding.isEmpty()
                ? answer.body()
                : new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes();
        assertThat(plain).asString(StandardCharsets.UTF_8).isEqualTo("0123456789");
    }

    @Test
    void encoding_thatCannotBeHad_isRefused() {
        assertThat(face.get("/files?path=/f.txt", "accept-encoding", "br, identity;q=0").statusCode()).isEqualTo(406);
    }

    @Test
    void upload_ofBytes_writesThem() {
        HttpResponse<byte[]> answer = face.send("POST", "/files?path=docs/a&username=root", bytes("new"),
                "content-type", "application/octet-stream", "X-Metadata-Kind", "Draft");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(TestFace.text(answer)).isEqualTo("[{\"path\":\"/home/root/docs/a\",\"name\":\"a\","
                + "\"type\":\"file\",\"metadata\":{\"kind\":\"Draft\"}}]");
        assertThat(face.root.resolve("home/root/docs/a")).hasContent("new");
    }

    @Test
    void upload_ofManyBytes_comesBackTheSame() throws Exception {
        byte[] content = new byte[9_000_001];
        new Random(5).nextBytes(content);
        assertThat(face.send("POST", "/files?path=/big", content, "content-type", "application/octet-stream")
                .statusCode()).isEqualTo(200);

        assertThat(face.get("/files?path=/big").body()).isEqualTo(content);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(
                face.get("/files?path=/big", "accept-encoding", "gzip").body())).readAllBytes()).isEqualTo(content);
    }

    @Test
    void upload_thatIsCompressed_isUnpacked() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(new byte[5_000_000]);
        }

        assertThat(face.send("POST", "/files?path=/bomb", packed.toByteArray(), "content-type",
                "application/octet-stream", "content-encoding", "gzip").statusCode()).isEqualTo(200);
        assertThat(face.root.resolve("bomb")).hasSize(5_000_000);
        assertThat(face.send("POST", "/files?path=/bad", bytes("not gzip"), "content-type", "application/octet-stream",
                "content-encoding", "gzip").statusCode()).isEqualTo(400);
        assertThat(face.send("POST", "/files?path=/bad", bytes("x"), "content-type", "application/octet-stream",
                "content-encoding", "br").statusCode()).isEqualTo(400);
    }

    @Test
    void upload_ofSeveralFiles_writesEachToItsName() {
        HttpResponse<byte[]> answer = post("/files", part("file", "/m/1.txt", "one") + part("other", "/m/no", "x")
                + part("file", "/m/2.txt", "two"));

        assertThat(TestFace.text(answer)).isEqualTo("[{\"path\":\"/m/1.txt\",\"name\":\"1.txt\",\"type\":\"file\"},"
                + "{\"path\":\"/m/2.txt\",\"name\":\"2.txt\",\"type\":\"file\"}]");
        assertThat(face.root.resolve("m/1.txt")).hasContent("one");
        assertThat(face.root.resolve("m/2.txt")).hasContent("two");
        assertThat(face.root.resolve("m/no")).doesNotExist();
    }

    @Test
    void upload_withAPathInTheQuery_goesThere() {
        post("/files?path=/q", part("file", "/m/1.txt", "one"));

        assertThat(face.root.resolve("q")).hasContent("one");
        assertThat(face.root.resolve("m/1.txt")).doesNotExist();
    }

    @Test
    void upload_ofTwoFilesToOnePath_isRefused() {
        HttpResponse<byte[]> answer = post("/files", part("file", "/m/1", "one") + part("file", "/m/./1", "two"));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(TestFace.text(answer)).contains("same path");
        assertThat(face.root.resolve("m/1")).hasContent("one");
    }

    @Test
    void upload_thatMakesNoSense_isRefused() {
        assertThat(face.send("POST", "/files?path=/x", bytes("x"), "content-type", "text/plain").statusCode())
                .isEqualTo(400);
        assertThat(face.send("POST", "/files", bytes("x"), "content-type", "application/octet-stream").statusCode())
                .isEqualTo(400);
        assertThat(post("/files", "nothing").statusCode()).isEqualTo(400);
        assertThat(face.send("POST", "/files", bytes("x"), "content-type", "multipart/form-data").statusCode())
                .isEqualTo(400);
    }

    @Test
    void upload_toAFullDisk_saysSo() {
        HttpResponse<byte[]> answer = face.send("POST", "/files?path=/full/x", bytes("x"), "content-type",
                "application/octet-stream");

        assertThat(answer.statusCode()).isEqualTo(507);
        assertThat(TestFace.text(answer)).contains("not enough disk space");
    }

    @Test
    void upload_thatBreaksOff_closesTheFile() throws Exception {
        try (RawClient client = face.raw()) {
            client.post("/files?path=/half", "application/octet-stream", "Content-Length: 1000").send("half");
            Awaitility.await().until(() -> size("half") == 4);
        }

        Awaitility.await().until(() -> face.files.open.get() == 0);
    }

    @Test
    void connection_afterUploads_isUsedAgain() throws Exception {
        try (RawClient client = face.raw()) {
            for (int i = 0; i < 3; i++) {
                String body = part("file", "/k" + i, "x") + "--b--\r\n";
                client.post("/files", "multipart/form-data; boundary=b", "Content-Length: " + body.length()).send(body);
                assertThat(client.readUntil("]")).startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void compose_ofFiles_putsThemTogether() {
        HttpResponse<byte[]> answer = face.send("POST", "/files/compose",
                bytes("{\"source_paths\":[\"/f.txt\",\"/f.txt\"],\"destination\":\"/c\",\"username\":\"root\"}"));

        assertThat(TestFace.text(answer)).isEqualTo("{\"path\":\"/c\",\"name\":\"c\",\"type\":\"file\"}");
        assertThat(face.root.resolve("c")).hasContent("01234567890123456789");
        assertThat(face.files.calls).contains("compose [/f.txt, /f.txt] /c root");
        for (String body : new String[]{"{", "{}", "{\"source_paths\":[\"/a\"]}", "[]", ""}) {
            assertThat(face.send("POST", "/files/compose", bytes(body)).statusCode()).as(body).isEqualTo(400);
        }
    }

    private long size(String name) {
        try {
            return Files.exists(face.root.resolve(name)) ? Files.size(face.root.resolve(name)) : -1;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private HttpResponse<byte[]> post(String path, String parts) {
        return face.send("POST", path, bytes(parts + "--b--\r\n"), "content-type",
                "multipart/form-data; boundary=\"b\"");
    }

    private static String part(String name, String file, String content) {
        return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"" + file
                + "\"\r\nContent-Type: application/octet-stream\r\n\r\n" + content + "\r\n";
    }

    private static String field(HttpResponse<byte[]> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
