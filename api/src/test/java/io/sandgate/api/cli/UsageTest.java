package io.sandgate.api.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class UsageTest {

    private final Fixture cli = new Fixture(Path.of(""));

    @ParameterizedTest
    @ValueSource(strings = {"up", "serve", "config", "routes", "members", "sandbox", "sandbox create", "sandbox list",
            "sandbox get", "sandbox pause", "sandbox resume", "sandbox connect", "sandbox extend", "sandbox kill",
            "sandbox logs", "sandbox fork", "snapshot", "snapshot create", "snapshot list", "snapshot delete",
            "shards", "shards list", "shards get", "shards pacing", "shards restart", "shards disconnect",
            "shards connect"})
    void help_ofEachCommand_saysWhatItDoesAndItsExitCodes(String command) {
        assertThat(cli.run((command + " --help").split(" "))).isZero();
        assertThat(cli.out()).contains("Usage: sandgate " + command).contains("Exit codes:").contains("--help")
                .doesNotContain("stop-with-parent");
    }

    @Test
    void help_ofTheProgram_hasExamples() {
        assertThat(cli.run("--help")).isZero();
        assertThat(cli.out()).contains("sandgate up --replicas 3").contains("Exit codes:");
    }

    @Test
    void version_asked_isPrinted() {
        assertThat(cli.run("--version")).isZero();
        assertThat(cli.out()).startsWith("sandgate ");
    }

    @Test
    void command_missingOrMistyped_isExitCodeTwo() {
        assertThat(cli.run()).isEqualTo(ExitCode.USAGE);
        assertThat(cli.run("sandbox")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.run("sandbx")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.err()).contains("a command is missing").contains("Did you mean").contains("sandbox");
    }

    @Test
    void config_shown_hasValueSourceAndMeaning() {
        cli.environment.put("SANDGATE_ADMIN_TOKEN", "0123456789abcdef");

        assertThat(cli.run("config", "--set", "public.port=8081")).isZero();
        assertThat(cli.out()).contains("sandgate.public.port = 8081  [from --set; default: 8080]")
                .contains("Port of the public listener.").contains("sandgate.peer.port = 7789  [default]")
                .contains("sandgate.admin.token = (hidden)").doesNotContain("0123456789abcdef");
    }

    @Test
    void config_onlyChanged_leavesTheRestOut() {
        assertThat(cli.run("config", "--changed", "--json", "--set", "public.port=8081")).isZero();
        assertThat(cli.out().strip()).isEqualTo("[{\"name\":\"sandgate.public.port\",\"value\":\"8081\","
                + "\"default\":\"8080\",\"source\":\"--set\",\"allowed\":\"0-65535, where 0 takes any free port\","
                + "\"meaning\":\"Port of the public listener.\"}]");
    }

    @Test
    void config_ofAWrongSetting_isExitCodeTwoAndOneLine() {
        assertThat(cli.run("config", "--set", "public.prot=1")).isEqualTo(ExitCode.USAGE);
        assertThat(cli.err().lines()).hasSize(1);
        assertThat(cli.out()).isEmpty();
    }

    @Test
    void configFile_fromItsVariable_isRead(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("s.yaml"), "public.port: 8082\n");
        cli.environment.put("SANDGATE_CONFIG", file.toString());

        assertThat(cli.run("config", "--changed")).isZero();
        assertThat(cli.out()).contains("sandgate.public.port = 8082  [from " + file + " line 1");
    }

    @Test
    void ports_neededTwice_areSettingsThatDoNotFit() {
        List<PortCheck.Need> needs = List.of(new PortCheck.Need("127.0.0.1", 7, "a", "x"),
                new PortCheck.Need("127.0.0.1", 7, "b", "y"));

        assertThat(catchThrowableOfType(CliException.class,
                () -> PortCheck.require(needs, "z")).exitCode()).isEqualTo(ExitCode.USAGE);
    }
}
