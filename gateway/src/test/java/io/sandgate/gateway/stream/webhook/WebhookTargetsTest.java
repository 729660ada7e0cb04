package io.sandgate.gateway.stream.webhook;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WebhookTargetsTest {
    private final WebhookTargets standard = new WebhookTargets(List.of(), false, address -> false);
    private final WebhookTargets local = new WebhookTargets(List.of(), true, address -> address.getPort() == 9090);
    private final WebhookTargets all = new WebhookTargets(List.of(ip -> true), false, address -> false);

    @ParameterizedTest
    @ValueSource(strings = {"8.8.8.8", "93.184.216.34", "172.32.0.1", "2606:4700::1111"})
    void publicAddresses_areAllowed(String ip) {
        assertThat(standard.refusal(at(ip))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
            "100.64.0.1", "198.18.0.1", "fc00::1", "fd12::1"})
    void privateAddresses_needToBeNamed(String ip) {
        assertThat(standard.refusal(at(ip))).isPresent();
        assertThat(all.refusal(at(ip))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "169.254.1.1", "0.0.0.0", "0.1.2.3", "::", "224.0.0.1",
            "255.255.255.255", "fe80::1", "ff02::1", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192",
            "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "::169.254.169.254", "::ffff:169.254.169.254",
            "2001:0:a9fe:a9fe::1"})
    void addressesThatAreNever_areRefusedWhateverIsAllowed(String ip) {
        assertThat(all.refusal(at(ip))).isPresent();
        assertThat(local.refusal(at(ip))).isPresent();
    }

    @Test
    void loopback_isAllowedWhereThisMachineIs_butForTheListeners() {
        assertThat(local.refusal(at("127.0.0.1"))).isEmpty();
        assertThat(local.refusal(at("::1"))).isEmpty();
        assertThat(local.refusal(at("10.0.0.1"))).isPresent();
        assertThat(local.refusal(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 9090)).orElseThrow())
                .contains("listener");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://receiver.example/path?token=x", "https://receiver.example:8443",
            "http://localhost:3000/hook", "http://127.0.0.1:3000", "http://[::1]:3000/", "HTTPS://receiver.example/"})
    void urls_ofReceivers_areTaken(String url) {
        assertThat(WebhookUrl.parse(url)).hasToString(url);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "receiver.example", "/hook", "http://receiver.example/", "ftp://receiver.example/",
            "https:///hook", "https://user:secret@receiver.example/", "https://receiver.example/#secret",
            "https://receiver.example:0/", "https://receiver.example:70000/", "https://receiver example/",
            "http://169.254.169.254/secret", "file:///etc/passwd", "http://localhost.secret.example/"})
    void urls_ofOtherKinds_areRefusedWithoutShowingThem(String url) {
        assertThatThrownBy(() -> WebhookUrl.parse(url)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("url: ").hasMessageContaining("expected").hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource({"https://receiver.example/hook,receiver.example", "https://receiver.example:443/,receiver.example",
            "https://receiver.example:80/,receiver.example:80", "https://[2606:4700::1]/,[2606:4700::1]",
            "https://[2606:4700::1]:8443/,[2606:4700::1]:8443", "http://[::1]:3000/,[::1]:3000",
            "http://localhost/,localhost"})
    void url_isNamedWithItsPortUnlessThatIsTheUsualOne(String text, String host) {
        URI url = WebhookUrl.parse(text);
        assertThat(WebhookUrl.authority(url).toString(WebhookUrl.isTls(url))).isEqualTo(host);
    }

    @Test
    void url_thatIsTooLong_isRefused() {
        assertThat(WebhookUrl.parse("https://r.example/" + "a".repeat(2030))).isNotNull();
        assertThatThrownBy(() -> WebhookUrl.parse("https://r.example/" + "a".repeat(2031)))
                .hasMessageContaining("2049").hasMessageContaining("1-2048");
    }

    private static InetSocketAddress at(String ip) {
        return new InetSocketAddress(InetAddress.ofLiteral(ip), 443);
    }
}
