package io.sandgate.membership.trust;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static io.sandgate.membership.trust.Authorities.NOW;
import static io.sandgate.membership.trust.Authorities.OURS;
import static io.sandgate.membership.trust.Authorities.RANDOM;
import static io.sandgate.membership.trust.Authorities.THEIRS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SealTest {
    private static final byte[] HERE = {1, 2, 3};
    private static final byte[] MESSAGE = "I am here".getBytes(StandardCharsets.UTF_8);

    private final Trust first = trust(OURS, "r1");
    private final Trust second = trust(OURS, "r2");
    private final Trust stranger = trust(THEIRS, "r1");

    @AfterEach
    void close() {
        first.close();
        second.close();
        stranger.close();
    }

    @Test
    void message_thatIsSealed_tellsItsSender() throws Exception {
        Seal.Opened opened = second.seal().open(first.seal().seal(MESSAGE, HERE), HERE);

        assertThat(opened.id()).isEqualTo("r1");
        assertThat(opened.message()).isEqualTo(MESSAGE);
    }

    @Test
    void message_fromAnotherAddress_isRefused() {
        byte[] sealed = first.seal().seal(MESSAGE, HERE);

        assertRefused(RefusalReason.NO_PROOF, sealed, new byte[]{3, 2, 1});
    }

    @Test
    void message_ofAnotherSecret_isRefused() {
        assertRefused(RefusalReason.FOREIGN_AUTHORITY, stranger.seal().seal(MESSAGE, HERE), HERE);
    }

    @Test
    void message_withoutASeal_isRefused() {
        assertRefused(RefusalReason.NO_PROOF, MESSAGE, HERE);
        assertRefused(RefusalReason.NO_PROOF, new byte[0], HERE);
    }

    @Test
    void message_withAnyByteChanged_isRefused() {
        byte[] sealed = first.seal().seal(MESSAGE, HERE);
        for (int at = 0; at < sealed.length; at++) {
            byte[] broken = sealed.clone();
            broken[at] ^= 0x10;

            assertThatThrownBy(() -> second.seal().open(broken, HERE)).as("byte " + at)
                    .isInstanceOf(RefusedCertificateException.class);
        }
    }

    @Test
    void message_cutOffOrRandom_isRefused() {
        byte[] sealed = first.seal().seal(MESSAGE, HERE);
        Random random = new Random(7);
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            byte[] noise = cut.clone();
            random.nextBytes(noise);

            assertThatThrownBy(() -> second.seal().open(cut, HERE)).as("length " + length)
                    .isInstanceOf(RefusedCertificateException.class);
            assertThatThrownBy(() -> second.seal().open(noise, HERE)).isInstanceOf(RefusedCertificateException.class);
        }
    }

    private void assertRefused(RefusalReason reason, byte[] sealed, byte[] from) {
        assertThatThrownBy(() -> second.seal().open(sealed, from)).isInstanceOfSatisfying(
                RefusedCertificateException.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    private static Trust trust(ClusterAuthority authority, String id) {
        return new Trust(new IssuedCredentials(authority, id, () -> NOW, RANDOM), () -> NOW, new SimpleMeterRegistry(),
                Duration.ofHours(1));
    }
}
