package io.sandgate.e2e;

import io.sandgate.e2e.harness.Directories;
import io.sandgate.e2e.harness.FreePorts;
import io.sandgate.e2e.harness.MachineShare;
import io.sandgate.e2e.harness.Program;
import io.sandgate.e2e.harness.Run;
import io.sandgate.e2e.harness.SandboxLeftovers;
import io.sandgate.e2e.harness.Signals;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// `bin/sandgate` as a user runs it, beside a cluster that `up` keeps.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class CommandLineIT {

    private static final Path directory = Directories.temporary("command-line");
    private static final Path data = directory.resolve("data");
    private static final int PUBLIC = FreePorts.takeRow(3);
    private static final int PEER = FreePorts.takeRow(3);
    private static final int ADMIN = FreePorts.takeRow(3);
    private static final int CLUSTER = FreePorts.takeRow(3);

    private static Up up = new Up();

    /// A running `up --replicas 3`.
    private static final class Up {
        private final Path output = directory.resolve("up.out");
        private final Process process;

        Up() {
            List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
            command.addAll(sandgate("up", "--replicas", "3", "--data", data.toString(), "--set",
                    "public.port=" + PUBLIC, "--set", "peer.port=" + PEER, "--set", "admin.port=" + ADMIN, "--set",
                    "cluster.port=" + CLUSTER));
            MachineShare.addresses().forEach((name, value) -> command.addAll(List.of("--set", name + "=" + value)));
            try {
                ProcessBuilder builder = Program.process(command).directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile()).redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
                builder.environment().put("SANDGATE_JAVA_OPTS", String.join(" ", Program.javaOptions()));
                builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
                process = builder.start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void awaitReady() {
            await().atMost(Duration.ofMinutes(2)).untilAsserted(
                    () -> assertThat(text()).satisfiesAnyOf(text -> assertThat(text).contains("Ctrl-C stops"),
                            text -> assertThat(process.isAlive()).isFalse()));
            assertThat(process.isAlive()).as(text()).isTrue();
        }

        String text() {
            try {
                return Files.readString(output);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        List<ProcessHandle> replicas() {
            return process.children().toList();
        }

        void end() throws InterruptedException {
            List<ProcessHandle> left = process.descendants().toList();
            process.destroyForcibly().waitFor();
            left.forEach(ProcessHandle::destroyForcibly);
            SandboxLeftovers.removeBelow(data);
        }
    }

    @BeforeAll
    static void start() {
        up.awaitReady();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        up.end();
        Directories.remove(directory);
    }

    @Test
    void help_saysWhatThereIs() {
        Run help = run("--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).contains("up", "serve", "sandbox", "routes", "members", "config", "Examples:");
        for (String command : List.of("up", "serve", "config", "sandbox", "routes", "members")) {
            assertThat(run(command, "--help").out()).as(command).contains("Usage: sandgate " + command);
        }
    }

    @Test
    void config_printsEverySettingAndHidesSecrets() {
        Run config = run("config", "--set", "public.port=8123", "--set", "api.keys=me:e2b_" + "c3".repeat(20));

        assertThat(config.exitCode()).isZero();
        assertThat(config.out()).contains("sandgate.public.port", "8123", "sandgate.sync.wait", "50ms")
                .doesNotContain("c3c3c3");
    }

    @Test
    void command_unknown_saysHowToGoOn() {
        Run wrong = run("sandbx");

        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("sandbx").contains("Did you mean").contains("--help");
    }

    @Test
    void replica_absent_isSaidWithItsOwnExitCode() {
        Run nobody = run("sandbox", "list", "--url", "http://127.0.0.1:" + FreePorts.take(), "--api-key", "e2b_x");

        assertThat(nobody.exitCode()).isEqualTo(3);
        assertThat(nobody.err()).contains("cannot reach a replica").contains("--url");
    }

    @Test
    void sandbox_wholeLife_inWordsAndJson() {
        Run created = client("create", "base", "--timeout", "10m", "--metadata", "of=cli test", "--json");
        assertThat(created.exitCode()).as(created.err()).isZero();
        String id = new JsonObject(created.out()).getString("sandboxID");

        assertThat(client("get", id).out()).contains(id, "running", "base");
        assertThat(client("list").out()).contains(id, "SANDBOX", "of=cli test");
        assertThat(new JsonArray(client("list", "--metadata", "of=cli test", "--json").out()).getJsonObject(0)
                .getString("sandboxID")).isEqualTo(id);
        assertThat(client("pause", id, "--url", url(2)).out()).contains(id);
        assertThat(client("list", "--state", "paused").out()).contains(id);
        assertThat(client("resume", id, "--url", url(3)).out()).contains("resumed");
        assertThat(client("connect", id).exitCode()).isZero();
        assertThat(client("logs", id).exitCode()).isZero();
        assertThat(client("kill", id).exitCode()).isZero();

        Run gone = client("get", id);
        assertThat(gone.exitCode()).isEqualTo(4);
        assertThat(gone.err()).contains(id);
        assertThat(client("list").out()).doesNotContain(id);
    }

    @Test
    void membersAndRoutes_areShown() {
        String id = new JsonObject(client("create", "base", "--json").out()).getString("sandboxID");

        Run members = run("members", "--admin-url", "http://127.0.0.1:" + ADMIN);
        Run routes = run("routes", "--admin-url", "http://127.0.0.1:" + (ADMIN + 1), "--json");

        assertThat(members.out()).contains("replica-1", "replica-2", "replica-3", "ready");
        assertThat(routes.out().lines().map(JsonObject::new).map(route -> route.getString("id"))).contains(id);
    }

    @Test
    void printedLines_pastedIntoAShell_work() {
        List<String> lines = new ArrayList<>(List.of("set -e"));
        up.text().lines().map(String::strip)
                .filter(line -> line.startsWith("export ") || line.startsWith("id=") || line.startsWith("curl ")
                        || line.startsWith("echo "))
                .map(line -> line.startsWith("curl ") ? line.replaceFirst("^curl ", "curl -sS --fail ") : line)
                .forEach(lines::add);

        Run shell = Run.of(List.of("sh", "-c", String.join("\n", lines)), directory, Map.of());

        assertThat(shell.exitCode()).as(shell.err() + shell.out() + String.join("\n", lines)).isZero();
        assertThat(shell.out()).contains("It works").contains("In a browser: http://8000-");
        assertThat(lines).filteredOn(line -> line.startsWith("curl ")).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void tourOfTheReadme_pastedIntoAShell_works() throws IOException {
        String readme = Files.readString(Program.root().resolve("README.md"));
        String tour = readme.substring(readme.indexOf("## Five minutes"), readme.indexOf("## Templates"));
        String lines = tour.lines().filter(line -> line.startsWith("    ")).map(String::strip)
                // the way to a replica's pid there is for a person who runs one cluster alone
                .filter(line -> !line.contains("pgrep")).collect(Collectors.joining("\n"));
        for (int i = 0; i < 3; i++) {
            lines = lines.replace(":" + (8080 + i), ":" + (PUBLIC + i));
        }
        Path script = Files.createDirectories(directory.resolve("bin")).resolve("sandgate");
        Files.writeString(script, "#!/bin/sh\nexec " + Program.root().resolve("bin/sandgate") + " \"$@\"\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();

        Run shell = Run.of(List.of("sh", "-e", "-c", lines), directory,
                Map.of("E2B_API_URL", url(1), "SANDGATE_ADMIN_URL", "http://127.0.0.1:" + ADMIN, "JAVA_HOME",
                        System.getProperty("java.home")));

        assertThat(shell.exitCode()).as(shell.err() + shell.out() + lines).isZero();
        assertThat(shell.out().split("It works", -1)).as("pages of the sandboxes, and what is around them").hasSize(5);
        assertThat(shell.out()).contains("The sandbox was not found", "resumed", "ends in 10m", "purpose=tour",
                "replica-3", "killed", "Created snapshot s", "from tour.", "tour deleted", "\"sandboxID\":");
    }

    @Test
    void up_whoseReplicaDiesAndThenIsInterrupted_goesOnAndThenStopsEverything() throws InterruptedException {
        String id = new JsonObject(client("create", "base", "--json").out()).getString("sandboxID");
        List<ProcessHandle> replicas = up.replicas();
        assertThat(replicas).hasSize(3);

        Signals.send("KILL", replica(3, replicas).pid());

        await().atMost(Duration.ofSeconds(20)).until(() -> up.text().contains("replica-3 stopped"));
        assertThat(client("get", id, "--url", url(2)).exitCode()).isZero();

        Signals.send("INT", up.process.pid());

        assertThat(up.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(up.process.exitValue()).as(up.text()).isZero();
        assertThat(up.text()).endsWith("Stopped.\n");
        assertThat(replicas).noneMatch(ProcessHandle::isAlive);
        assertThat(FreePorts.isFree(PUBLIC)).isTrue();

        up = new Up();
        up.awaitReady();
        assertThat(client("get", id, "--url", url(2)).exitCode()).as("found again after the restart").isZero();
    }

    private static ProcessHandle replica(int number, List<ProcessHandle> replicas) {
        return replicas.stream()
                .filter(replica -> List.of(replica.info().arguments().orElse(new String[0]))
                        .contains("--set=replica.id=replica-" + number))
                .findFirst().orElseThrow();
    }

    private static Run client(String... arguments) {
        List<String> all = new ArrayList<>(List.of("sandbox"));
        all.addAll(List.of(arguments));
        if (!all.contains("--url")) {
            all.addAll(List.of("--url", url(1)));
        }
        all.addAll(List.of("--data", data.toString()));
        return run(all.toArray(String[]::new));
    }

    private static String url(int replica) {
        return "http://127.0.0.1:" + (PUBLIC + replica - 1);
    }

    private static Run run(String... arguments) {
        Map<String, String> environment = new HashMap<>();
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        return Run.of(sandgate(arguments), directory, environment);
    }

    private static List<String> sandgate(String... arguments) {
        List<String> command = new ArrayList<>(List.of(Program.root().resolve("bin/sandgate").toString()));
        command.addAll(List.of(arguments));
        return command;
    }
}
