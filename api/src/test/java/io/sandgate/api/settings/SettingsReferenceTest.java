package io.sandgate.api.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SettingsReferenceTest {

    private static final Path PAGE = Path.of("..", "docs", "settings.md");

    @Test
    void page_inTheDocumentation_isWhatTheCatalogueSays() throws Exception {
        if (Boolean.getBoolean("sandgate.docs.write")) {
            Files.writeString(PAGE, SettingsReference.markdown());
        }

        assertThat(PAGE).as("docs/settings.md is stale: write it anew with"
                + " mvn -pl api -am test -Dtest=SettingsReferenceTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dsandgate.docs.write=true").content().isEqualTo(SettingsReference.markdown());
    }
}
