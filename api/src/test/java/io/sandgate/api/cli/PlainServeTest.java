package io.sandgate.api.cli;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PlainServeTest {

    @TempDir
    Path directory;

    private boolean isPlain(String arguments) {
        return PlainServe.of(new Fixture(directory).context(), arguments.split(" ", -1)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "serve --set a=b", "serve --set=a=b --set c=d", "serve --config x.yaml",
            "serve --config=x.yaml --set a=b --stop-with-parent"})
    void settings_andNothingElse_arePlain(String arguments) {
        assertThat(isPlain(arguments)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "up", "serve --help", "serve -h", "serve --set", "serve --config", "serve --set=",
            "serve --set ", "serve --set --config", "serve --set @file", "serve @file", "serve --debug", "serve x",
            "serve --config a --config b", "serve --config=", "serve --stop-with-parent=true", "serve --sett a=b",
            "serve --stop-with-parent --stop-with-parent", "--debug serve", "serve --set \"a=b\""})
    void anythingElse_isLeftToPicocli(String arguments) {
        assertThat(isPlain(arguments)).isFalse();
    }

    @Test
    void arguments_none_areNotPlain() {
        assertThat(PlainServe.of(new Fixture(directory).context())).isEmpty();
    }
}
