package io.sandgate.api.envd;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class AccessTest {

    private static final String TOKEN = "token-of-this-one";

    private final TestFace face = new TestFace(TOKEN);

    @BeforeEach
    void file() throws Exception {
        Files.writeString(face.root.resolve("f g"), "secret");
    }

    @AfterEach
    void close() {
        face.close();
    }

    @Test
    void health_ofASecuredSandbox_needsNoToken() {
        assertThat(face.get("/health").statusCode()).isEqualTo(204);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metrics", "/envs"})
    void page_withoutTheToken_isRefused(String path) {
        assertRefused(face.get(path));
        assertRefused(face.get(path, "x-access-token", "token-of-another"));
        assertThat(face.get(path, "x-access-token", TOKEN).statusCode()).isEqualTo(200);
    }

    @Test
    void procedure_withoutTheToken_isRefused() {
        assertThat(face.call("process.Process/List", "{}")).startsWith("401 {\"code\":401,\"message\":");
        assertThat(face.call("process.Process/List", "{}", "x-access-token", "token-of-another")).startsWith("401");
        assertThat(face.call("no.Service/Nothing", "{}")).startsWith("401");
        assertThat(face.call("process.Process/List", "{}", "x-access-token", TOKEN)).startsWith("200");
    }

    @Test
    void compose_withASignature_stillNeedsTheToken() {
        assertThat(face.send("POST", "/files/compose?signature=v1_x", new byte[0]).statusCode()).isEqualTo(401);
    }

    @Test
    void file_withTheToken_isRead() {
        assertThat(TestFace.text(face.get("/files?path=/f+g", "x-access-token", TOKEN))).isEqualTo("secret");
        assertRefused(face.get("/files?path=/f+g", "x-access-token", "token-of-another"));
        assertRefused(face.get("/files?path=/f+g"));
    }

    @Test
    void file_withASignature_isReadAndWritten() {
        assertThat(TestFace.text(face.get("/files?path=/f%20g&signature=" + sign("/f g:read::" + TOKEN))))
                .isEqualTo("secret");
        assertThat(face.send("POST", "/files?path=/new&username=root&signature=" + sign("/new:write:root:" + TOKEN),
                new byte[]{1}, "content-type", "application/octet-stream").statusCode()).isEqualTo(200);
    }

    @Test
    void signature_forSomethingElse_isRefused() {
        assertRefused(face.get("/files?path=/f+g&signature=" + sign("/f g:write::" + TOKEN)));
        assertRefused(face.get("/files?path=/f+g&signature=" + sign("/f:read::" + TOKEN)));
        assertRefused(face.get("/files?path=/f+g&signature=" + sign("/f g:read:root:" + TOKEN)));
        assertRefused(face.get("/files?path=/f+g&signature=" + sign("/f g:read::token-of-another")));
        assertRefused(face.get("/files?path=/f+g&signature="));
    }

    @Test
    void signature_withAnEnd_holdsUntilThen() {
        long now = TestFace.NOW.getEpochSecond();
        for (long end : new long[]{now, now + 100}) {
            assertThat(face.get("/files?path=/f+g&signature_expiration=" + end + "&signature="
                    + sign("/f g:read::" + TOKEN + ":" + end)).statusCode()).isEqualTo(200);
        }

        assertRefused(face.get("/files?path=/f+g&signature_expiration=" + (now - 1) + "&signature="
                + sign("/f g:read::" + TOKEN + ":" + (now - 1))));
        assertRefused(face.get("/files?path=/f+g&signature_expiration=" + (now + 9) + "&signature="
                + sign("/f g:read::" + TOKEN + ":" + now)));
        assertThat(face.get("/files?path=/f+g&signature_expiration=soon&signature=x").statusCode()).isEqualTo(400);
    }

    @Test
    void token_thatIsWrong_isNotMadeGoodByASignature() {
        assertRefused(face.get("/files?path=/f+g&signature=" + sign("/f g:read::" + TOKEN), "x-access-token", "no"));
    }

    @Test
    void refusal_ofALongUpload_isSeenBeforeItIsSent() throws Exception {
        try (RawClient client = face.raw()) {
            client.post("/files?path=/x", "application/octet-stream", "Content-Length: 100000000").send("abc");

            assertThat(client.rest()).startsWith("HTTP/1.1 401").contains("connection: close");
        }
        assertThat(face.root.resolve("x")).doesNotExist();
    }

    private static void assertRefused(HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(TestFace.text(answer)).startsWith("{\"code\":401,\"message\":\"").doesNotContain(TOKEN);
    }

    private static String sign(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return URLEncoder.encode("v1_" + Base64.getEncoder().encodeToString(hash).replace("=", ""),
                    StandardCharsets.UTF_8);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
