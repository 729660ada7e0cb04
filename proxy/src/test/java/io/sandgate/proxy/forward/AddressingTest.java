package io.sandgate.proxy.forward;

import io.sandgate.proxy.forward.Target.Form;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class AddressingTest {

    private final Addressing addressing = new Addressing("sand.test");

    private Target target(String host, String uri, @Nullable String id, @Nullable String port) {
        return addressing.target("GET", uri, host, id, port);
    }

    private static String message(Target target) {
        assertThat(target).isInstanceOf(Target.Malformed.class);
        Refusal refusal = ((Target.Malformed) target).refusal();
        assertThat(refusal.status()).isEqualTo(400);
        return refusal.message();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3000-abc1.sand.test", "3000-abc1.sand.test:8080", "3000-abc1.sand.test.",
            "3000-abc1.sand.test.:8080", "3000-ABC1.Sand.TEST", "3000-abc1-client7.sand.test",
            "3000-abc1-a-b.sand.test", "3000-abc1-.sand.test", "3000-abc1.sand.test:"})
    void target_hostOfASandbox_isTheSandbox(String host) {
        assertThat(target(host, "/x?y=1", null, null))
                .isEqualTo(new Target.Sandbox(Form.HOST, "abc1", 3000, "/x?y=1", ""));
    }

    @Test
    void target_hostOfASandboxAndRoutingFields_ignoresTheFields() {
        assertThat(target("3000-abc.sand.test", "/", "other", "22"))
                .isEqualTo(new Target.Sandbox(Form.HOST, "abc", 3000, "/", ""));
        assertThat(target("3000-abc.sand.test", "/sandbox/other/22/", null, null))
                .isEqualTo(new Target.Sandbox(Form.HOST, "abc", 3000, "/sandbox/other/22/", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0-abc.sand.test", "65536-abc.sand.test", "99999999999-abc.sand.test", "0080-abc.sand.test",
            "http-abc.sand.test", "-abc.sand.test", "3000-.sand.test", "3000--abc.sand.test", "3000-a_c.sand.test",
            "3000-aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg.sand.test"})
    void target_badHostOfASandbox_isMalformed(String host) {
        assertThat(message(target(host, "/", "abc", "80"))).contains("expected: <port>-<sandboxId>.sand.test");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":80", "a b", "a..b", ".a", "+1-abc.sand.test", "a:b", "a:65536", "a:123456", "[::1",
            "[]", "[xyz]", "[::1]x", "a/b", "ab@c", "ä.test"})
    void target_badHost_isMalformed(String host) {
        assertThat(message(target(host, "/", null, null))).startsWith("Host: ").contains("expected:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:8080", "localhost.", "127.0.0.1", "10.1.2.3:80", "[::1]",
            "[fe80::1]:8080", "sandbox.sand.test", "Sandbox.sand.test:443"})
    void target_routingFieldsOnASharedHost_isTheSandbox(String host) {
        assertThat(target(host, "/p", "abc", "49983"))
                .isEqualTo(new Target.Sandbox(Form.FIELDS, "abc", 49983, "/p", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sand.test", "api.sand.test", "other.test", "a.3000-abc.sand.test", "localhost.evil.test",
            "sandbox.sand.test.evil.test", "1.2.3"})
    void target_routingFieldsOnAnotherHost_isTheLifecycleApi(String host) {
        assertThat(target(host, "/p", "abc", "49983")).isEqualTo(Target.Lifecycle.INSTANCE);
    }

    @Test
    void target_oneRoutingFieldMissing_namesIt() {
        assertThat(message(target("localhost", "/", null, "80"))).contains("missing header E2b-Sandbox-Id");
        assertThat(message(target("localhost", "/", "abc", null))).contains("missing header E2b-Sandbox-Port");
    }

    @ParameterizedTest
    @CsvSource({"abc,0", "abc,65536", "abc,+1", "abc,-1", "abc,0080", "abc,80a", "abc,''", "abc,' 80'", "abc,٣",
            "ABC,80", "a-c,80", "'',80", "'a,b',80",
            "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg,80"})
    void target_badRoutingField_isMalformed(String id, String port) {
        assertThat(message(target("localhost", "/", id, port))).contains("expected:");
    }

    @ParameterizedTest
    @CsvSource({"/sandbox/abc/80,/", "/sandbox/abc/80/,/", "/sandbox/abc/80?q=/x,/?q=/x", "/sandbox/abc/80/?,/?",
            "/sandbox/abc/80/a/../b%2Fc?d=%2f&&e,/a/../b%2Fc?d=%2f&&e", "/sandbox/abc/80//a,//a"})
    void target_path_isTheSandboxWithThePrefixCutOff(String uri, String forwarded) {
        assertThat(target("gate.test", uri, null, null))
                .isEqualTo(new Target.Sandbox(Form.PATH, "abc", 80, forwarded, "/sandbox/abc/80"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/sandbox/", "/sandbox/abc", "/sandbox/abc/", "/sandbox/abc/x/", "/sandbox/abc/0",
            "/sandbox/abc/65536/", "/sandbox/ABC/80", "/sandbox//80", "/sandbox/abc?/80", "/sandbox/abc/%38"})
    void target_badPath_isMalformed(String uri) {
        assertThat(message(target("gate.test", uri, null, null))).contains("expected:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/sandboxes", "/v2/sandboxes?sandbox/a/1", "/sandbox", "/sandbox?x",
            "/a/sandbox/b/80"})
    void target_otherPath_isTheLifecycleApi(String uri) {
        assertThat(target("localhost", uri, null, null)).isEqualTo(Target.Lifecycle.INSTANCE);
    }

    @Test
    void target_absoluteForm_isThePathWhenItsAuthorityIsTheHost() {
        assertThat(target("80-abc.sand.test", "http://80-ABC.sand.test?q", null, null))
                .isEqualTo(new Target.Sandbox(Form.HOST, "abc", 80, "/?q", ""));
        assertThat(message(target("80-abc.sand.test", "http://80-other.sand.test/", null, null)))
                .contains("request target");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "*", "ftp://80-abc.sand.test/", "/a b", "/\u00e4", "/\u007f",
            "80-abc.sand.test:80"})
    void target_badRequestTarget_isMalformed(String uri) {
        assertThat(message(target("80-abc.sand.test", uri, null, null))).contains("request target");
    }

    @Test
    void target_asterisk_isForOptionsOnly() {
        assertThat(addressing.target("OPTIONS", "*", "80-abc.sand.test", null, null))
                .isEqualTo(new Target.Sandbox(Form.HOST, "abc", 80, "*", ""));
    }

    @Test
    void target_localhostAsDomain_worksForAllForms() {
        Addressing local = new Addressing("localhost");
        assertThat(local.target("GET", "/", "8000-abc.localhost:8080", null, null))
                .isEqualTo(new Target.Sandbox(Form.HOST, "abc", 8000, "/", ""));
        assertThat(local.target("GET", "/", "sandbox.localhost:8080", "abc", "1"))
                .isEqualTo(new Target.Sandbox(Form.FIELDS, "abc", 1, "/", ""));
        assertThat(local.target("GET", "/", "localhost:8080", null, null)).isEqualTo(Target.Lifecycle.INSTANCE);
    }
}
