package io.sandgate.api.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ApiKeysTest {

    private static final String ANN = "e2b_00112233445566778899aabbccddeeff00112233";
    private static final String BOB = "e2b_00112233445566778899aabbccddeeff00112244";

    @TempDir
    Path directory;

    @Test
    void key_known_belongsToItsName() {
        ApiKeys keys = ApiKeys.of(List.of(ApiKey.parse("ann:" + ANN), ApiKey.parse("bob:" + BOB)));

        assertThat(keys.ownerOf(ANN)).contains("ann");
        assertThat(keys.ownerOf(BOB)).contains("bob");
        assertThat(keys.ownerOf(BOB + "0")).isEmpty();
        assertThat(keys.ownerOf("")).isEmpty();
        assertThat(keys.ownerOf("ann:" + ANN)).isEmpty();
    }

    @Test
    void keys_asText_hideTheKeys() {
        ApiKey key = ApiKey.parse("ann:" + ANN);

        assertThat(key.toString()).contains("ann").doesNotContain(ANN);
        assertThat(ApiKeys.of(List.of(key))).hasToString("ApiKeys[ann]");
        assertThatThrownBy(() -> ApiKey.parse("ann:secret-of-another-form"))
                .hasMessageNotContaining("secret-of-another-form");
    }

    @Test
    void file_notThere_isMadeForItsOwnerAlone() throws Exception {
        ApiKeyFile file = ApiKeyFile.in(directory.resolve("new"));

        ApiKeyFile.Kept made = file.readOrCreate(new Random(1));

        assertThat(made.created()).isTrue();
        assertThat(made.key().key().value()).matches("e2b_[0-9a-f]{40}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path()))).isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(directory.resolve("new"))) {
            assertThat(files).as("nothing is left beside it").containsExactly(file.path());
        }
    }

    @Test
    void file_there_givesTheSameKeyAgain() {
        ApiKeyFile file = ApiKeyFile.in(directory);
        ApiKey key = file.readOrCreate(new Random(1)).key();

        assertThat(file.readOrCreate(new Random(2))).isEqualTo(new ApiKeyFile.Kept(key, false));
        assertThat(file.read()).contains(key);
    }

    @Test
    void file_withoutAKey_isRefusedAndKept() throws Exception {
        ApiKeyFile file = ApiKeyFile.in(directory);
        Files.writeString(file.path(), "default:e2b_0011");

        assertThatThrownBy(() -> file.readOrCreate(new Random(1))).isInstanceOf(SettingsException.class)
                .hasMessageContaining(file.path().toString()).hasMessageNotContaining("0011");
        assertThat(file.path()).content().isEqualTo("default:e2b_0011");
    }
}
