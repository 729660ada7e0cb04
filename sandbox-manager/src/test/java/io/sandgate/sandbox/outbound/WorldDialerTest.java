package io.sandgate.sandbox.outbound;

import io.sandgate.sandbox.outbound.Refusal.Reason;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WorldDialerTest {

    private final WorldDialer dialer = new WorldDialer(Duration.ofSeconds(1));

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.99.0.1", "10.1.2.3", "169.254.169.254", "192.168.1.1", "172.16.0.1",
            "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255"})
    void addressThatIsClosedToSandboxes_isNotDialled(String address) {
        assertThatThrownBy(() -> dialer.dial(List.of((Inet4Address) InetAddress.ofLiteral(address)), 80))
                .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED));
    }

    @Test
    void nameWithoutAddresses_isNotDialled() {
        assertThatThrownBy(() -> dialer.dial(List.of(), 80)).isInstanceOf(Refusal.class);
    }
}
