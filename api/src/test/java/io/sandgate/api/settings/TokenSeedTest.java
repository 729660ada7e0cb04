package io.sandgate.api.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TokenSeedTest {

    @TempDir
    private Path directory;

    /// By Python: hashlib.pbkdf2_hmac('sha256', secret, b'sandgate sandbox tokens', 200000, 32).
    @Test
    void of_aSecret_isCostlyToTryAndTheSameOnAllReplicas() {
        assertThat(TokenSeed.of("a secret of the cluster"))
                .isEqualTo("1fdd5a0b8c3fba9bae4a0bc919c75da4542b41ca1026b1e0140594705aa274a0");
    }

    @Test
    void in_aDataDirectory_isMadeOnceForItsUserAlone() throws Exception {
        String seed = TokenSeed.in(directory, new Random(1));

        assertThat(seed).hasSize(64);
        assertThat(TokenSeed.in(directory, new Random(2))).isEqualTo(seed);
        assertThat(Files.getPosixFilePermissions(directory.resolve(TokenSeed.FILE_NAME)))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void in_aFileWithoutASeed_saysWhatToDo() throws Exception {
        Files.writeString(directory.resolve(TokenSeed.FILE_NAME), "\n");

        assertThatThrownBy(() -> TokenSeed.in(directory, new Random(1))).isInstanceOf(SettingsException.class)
                .hasMessageContaining(TokenSeed.FILE_NAME).hasMessageContaining("delete");
    }
}
