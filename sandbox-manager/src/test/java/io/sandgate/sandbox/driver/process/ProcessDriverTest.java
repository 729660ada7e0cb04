package io.sandgate.sandbox.driver.process;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.sandbox.DataDirectory;
import io.sandgate.sandbox.SandboxSettings;
import io.sandgate.sandbox.SmallFileSystem;
import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.DriverException.Reason;
import io.sandgate.sandbox.driver.Launch;
import io.sandgate.sandbox.driver.Limits;
import io.sandgate.sandbox.driver.Resident;
import io.sandgate.sandbox.driver.Template;
import io.sandgate.sandbox.linux.SearchPath;
import io.sandgate.sandbox.runtime.RuntimeFace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// Real processes on this machine.
class ProcessDriverTest {

    @TempDir
    Path directory;

    private Machine machine;

    @BeforeEach
    void open() {
        machine = new Machine(directory);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void base_isADirectoryAndNothingElse() {
        machine.launch("ibase", Template.of("base", List.of(), 0));
        assertThat(machine.home("ibase")).isEmptyDirectory();
        machine.driver.pause("ibase");
        machine.driver.resume("ibase");
        assertThat(machine.driver.logs("ibase")).isEmpty();

        machine.driver.kill("ibase");
        machine.driver.kill("ibase");

        assertThat(directory.resolve("sandboxes")).isEmptyDirectory();
    }

    @Test
    void web_servesItsDirectoryAtItsAddress() throws Exception {
        Template web = Objects.requireNonNull(SandboxSettings.defaults().templates().get("web"));

        Launch launch = machine.launch("iweb", web);

        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + launch.address() + ":8000/")).build();
        assertThat(client.send(request, BodyHandlers.ofString()).body()).contains("iweb").contains(launch.address());
        machine.driver.kill("iweb");
        assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString())).isInstanceOf(IOException.class);
    }

    @Test
    void command_getsACleanEnvironmentAndItsOwnFolderAndSession() throws IOException {
        Template template = new Template("env",
                List.of("sh", "-c", "env; pwd; echo {id} {ip}; ulimit -n; cat; cut -d' ' -f6 /proc/$$/stat; echo $$; "
                        + "cat data/x; exec sleep 1000"),
                0, Map.of("FROM", "{ip}"), Map.of("data/x", "content of {id}"), new Limits(77, 0, 0, 5), 1, 1, 1, 0);

        Launch launch = machine.launch("ienv", template);

        Path home = machine.home("ienv").toRealPath();
        await().untilAsserted(() -> assertThat(machine.log("ienv")).contains("77", "ienv " + launch.address(),
                home.toString(), "HOME=" + home, "FROM=" + launch.address(), "GIVEN=by caller", "SANDBOX_ID=ienv"));
        List<String> lines = machine.log("ienv");
        assertThat(lines).noneMatch(line -> line.startsWith("JAVA_HOME=") || line.startsWith("MAVEN"));
        int at = lines.indexOf("77");
        assertThat(lines.get(at + 1)).isEqualTo(lines.get(at + 2));
    }

    @Test
    void pause_freezesEveryProcessAndResumeThawsThem() {
        machine.shell("itree", "sleep 1000 & sh -c 'sleep 1000 & sleep 1000' & echo $! $$; wait");
        List<Integer> pids = pids("itree", 2);

        machine.driver.pause("itree");
        assertThat(pids).allMatch(machine::stopped);
        machine.driver.pause("itree");

        machine.driver.resume("itree");
        assertThat(pids).noneMatch(machine::stopped).allMatch(machine::alive);

        machine.driver.pause("itree");
        machine.driver.kill("itree");
        assertThat(pids).noneMatch(machine::alive);
    }

    @Test
    void kill_findsDaemonsThatLeftFamilyAndSession() throws IOException {
        // Each forks twice and takes a session of its own; one keeps nothing but its output.
        machine.shell("idaemon", """
                setsid -f sh -c 'echo $$; exec sleep 1000'
                setsid -f env -i sh -c 'echo $$; exec sleep 1000'
                (setsid -f sh -c 'echo $$; exec sleep 1000' > /dev/null 2>&1)
                exec sleep 1000""");
        List<Integer> pids = pids("idaemon", 2);
        assertThat(pids).allMatch(machine::alive);

        machine.driver.pause("idaemon");
        assertThat(pids).allMatch(machine::stopped);
        machine.driver.kill("idaemon");

        assertThat(pids).noneMatch(machine::alive);
        assertNoneMarked("idaemon");
        assertThat(directory.resolve("sandboxes")).isEmptyDirectory();
    }

    @Test
    void kill_endsATreeThatKeepsForking() throws IOException {
        machine.shell("ifork", """
                fork() { while :; do sleep 0.02 & sh -c 'setsid -f sleep 30; sleep 0.01'; done; }
                fork & fork & fork & wait""");

        machine.driver.pause("ifork");
        machine.driver.resume("ifork");
        machine.driver.kill("ifork");

        assertNoneMarked("ifork");
    }

    @Test
    void start_portAnswers_isReady() throws IOException {
        int port = freePort();
        Template template = Template.of("slow", List.of("{java}", "-Xmx32m", "-XX:TieredStopAtLevel=1", "-m",
                "jdk.httpserver", "-b", "{ip}", "-p", Integer.toString(port), "-d", "{dir}"), port);

        Launch launch = machine.launch("iport", template);

        try (Socket socket = new Socket(launch.address(), port)) {
            assertThat(socket.isConnected()).isTrue();
        }
    }

    @Test
    void start_commandEndsAtOnce_failsWithItsCodeAndLastLines() {
        for (int port : new int[]{0, 8123}) {
            assertStartFails("iend" + port, Template.of("bad", List.of("sh", "-c", "echo no such file >&2; exit 3"),
                    port), "exit code 3", "no such file", "bad");
        }
    }

    @Test
    void start_programMissing_failsWithItsName() {
        assertStartFails("imiss", Template.of("bad", List.of("no-such-program-here"), 8123), "no-such-program-here");
    }

    @Test
    void start_portNeverOpens_failsWithPortAndSetting() {
        try (Machine impatient = new Machine(directory.resolve("impatient"), Duration.ofMillis(200))) {
            assertThatThrownBy(() -> impatient.launch("inever",
                    Template.of("mute", List.of("sh", "-c", "echo started; sleep 1000"), 8123)))
                    .isInstanceOfSatisfying(DriverException.class,
                            failure -> assertThat(failure.reason()).isEqualTo(Reason.START_FAILED))
                    .hasMessageContaining("mute").hasMessageContaining("8123")
                    .hasMessageContaining("sandgate.sandbox.start-timeout").hasMessageContaining("started");
        }
    }

    @Test
    void start_portOfAllAddressesTaken_failsBeforeTheCommandRuns() throws IOException {
        try (ServerSocket everywhere = new ServerSocket(0, 5, InetAddress.getByName("0.0.0.0"))) {
            assertStartFails("itaken",
                    Template.of("web", List.of("sleep", "1000"), everywhere.getLocalPort()), "already answers");
        }
    }

    @Test
    void end_ofTheLastProcess_isReported() {
        machine.shell("iend", "sleep 0.3; exit 4");

        await().untilAsserted(
                () -> assertThat(machine.exits).containsExactly("iend uiend its command ended with exit code 4"));
    }

    @Test
    void end_whoseListenerFails_doesNotKeepTheNextFromBeingReported() throws IOException {
        List<String> heard = new CopyOnWriteArrayList<>();
        machine.driver.onExit((id, uid, detail) -> {
            heard.add(id);
            throw new IllegalStateException("listener fails");
        });
        machine.shell("ifirst", "until [ -e end ]; do sleep 0.05; done");
        Files.createFile(machine.home("ifirst").resolve("end"));
        await().untilAsserted(() -> assertThat(heard).containsExactly("ifirst"));

        machine.shell("isecond", "echo here; until [ -e end ]; do sleep 0.05; done");
        Files.createFile(machine.home("isecond").resolve("end"));
        await().untilAsserted(() -> assertThat(heard).containsExactly("ifirst", "isecond"));
        assertThat(machine.log("isecond")).containsExactly("here");
    }

    @Test
    void end_ofTheCommandAlone_isNotTheEnd() {
        machine.shell("ibg", "setsid -f sh -c 'echo $$; exec sleep 1000'; sleep 0.2; echo over");
        int daemon = pids("ibg", 1).getFirst();
        await().until(() -> machine.log("ibg").contains("over"));
        assertThat(machine.exits).isEmpty();

        kill(daemon);

        await().untilAsserted(() -> assertThat(machine.exits).hasSize(1));
    }

    @Test
    void restart_findsLivingSandboxesAndKeepsTheirState() {
        Launch running = machine.shell("irun", "while :; do echo tick; sleep 0.05; done");
        Launch frozen = machine.shell("ifrozen", "echo $$; exec sleep 1000");
        Launch base = machine.launch("ibase", Template.of("base", List.of(), 0));
        int pid = pids("ifrozen", 1).getFirst();

        machine.reopen();
        assertThat(machine.recover(List.of(Machine.resident(running, false), Machine.resident(frozen, true),
                Machine.resident(base, false)))).containsExactlyInAnyOrder("irun", "ifrozen", "ibase");

        assertThat(machine.stopped(pid)).isTrue();
        int lines = machine.log("irun").size();
        await().until(() -> machine.log("irun").size() > lines);
        assertThat(machine.driver.allocate("inew")).isNotIn(running.address(), frozen.address(), base.address());
        machine.driver.resume("ifrozen");
        assertThat(machine.stopped(pid)).isFalse();
        machine.driver.kill("irun");
        kill(pid);
        await().untilAsserted(() -> assertThat(machine.exits).hasSize(1).first().asString().startsWith("ifrozen"));
    }

    @Test
    void stop_endsItsProcesses_andItStartsAnewWithItsFiles() throws IOException {
        Launch launch = counting("istop");
        int first = Integer.parseInt(Files.readAllLines(machine.home("istop").resolve("pids")).getFirst());

        machine.driver.stop("istop");
        machine.driver.stop("istop");
        assertThat(machine.alive(first)).isFalse();
        machine.driver.restart(launch);

        await().until(() -> machine.log("istop").contains("start 2"));
        assertThat(machine.exits).isEmpty();
    }

    @Test
    void stopped_isFoundByTheNextLifeAndKeepsItsAddress() {
        Launch launch = counting("istop");
        machine.driver.stop("istop");

        machine.reopen();
        assertThat(machine.recover(List.of(Machine.resident(launch, Resident.State.STOPPED))))
                .containsExactly("istop");

        assertThat(machine.driver.allocate("inew")).isNotEqualTo(launch.address());
        machine.driver.restart(launch);
        await().until(() -> machine.log("istop").contains("start 2"));
    }

    @Test
    void copy_givesAnotherSandboxTheFilesAsTheyWere() throws IOException {
        counting("ione");
        Files.writeString(machine.home("ione").resolve("f"), "before");
        machine.driver.pause("ione");
        machine.driver.copy("ione", "s1");
        machine.driver.resume("ione");
        Files.writeString(machine.home("ione").resolve("f"), "after");

        machine.launch("itwo", Template.of("base", List.of(), 0), Optional.of("s1"));

        assertThat(machine.home("itwo").resolve("f")).hasContent("before");
        machine.driver.deleteCopy("s1");
        assertThatThrownBy(() -> machine.launch("ithree", Template.of("base", List.of(), 0), Optional.of("s1")))
                .hasMessageContaining("snapshot s1 is gone");
    }

    @Test
    void stopped_madeWhereSandboxesWereIsolatedOtherwise_isKeptUntilTheyAreAgain() throws IOException {
        Launch launch = counting("istop");
        machine.driver.stop("istop");
        Path kind = directory.resolve("sandboxes/istop/isolation");
        Files.writeString(kind, "bubblewrap+users+network+disk");

        machine.reopen();
        assertThat(machine.recover(List.of(Machine.resident(launch, Resident.State.STOPPED))))
                .containsExactly("istop");

        assertThatThrownBy(() -> machine.driver.restart(launch)).isInstanceOfSatisfying(DriverException.class,
                failure -> assertThat(failure.reason()).isEqualTo(Reason.START_FAILED))
                .hasMessageContainingAll("bubblewrap+users+network+disk", "here: none");
        Files.writeString(kind, "none");
        machine.driver.restart(launch);
        await().until(() -> machine.log("istop").contains("start 2"));
    }

    @Test
    void running_madeWhereSandboxesWereIsolatedOtherwise_isEnded() throws IOException {
        Launch launch = machine.shell("irun", "echo $$; exec sleep 1000");
        int pid = pids("irun", 1).getFirst();
        Files.writeString(directory.resolve("sandboxes/irun/isolation"), "bubblewrap+users");

        machine.reopen();

        assertThat(machine.recover(List.of(Machine.resident(launch, false)))).isEmpty();
        assertThat(machine.alive(pid)).isFalse();
        assertThat(directory.resolve("sandboxes")).isEmptyDirectory();
    }

    @Test
    void copy_ofADiskOfAnotherKind_failsAndSaysSo() throws IOException {
        machine.launch("ibase", Template.of("base", List.of(), 0));
        machine.driver.stop("ibase");
        Files.delete(machine.home("ibase"));
        Files.createFile(directory.resolve("sandboxes/ibase/disk.img"));

        assertThatThrownBy(() -> machine.driver.copy("ibase", "s1")).isInstanceOf(DriverException.class)
                .hasMessageContaining("isolated otherwise");

        assertThat(directory.resolve("snapshots/s1")).doesNotExist();
    }

    @Test
    void diskThatIsFull_isExhausted() throws Exception {
        try (SmallFileSystem small = new SmallFileSystem(directory.resolve("small"), 16);
                Machine on = new Machine(directory.resolve("small/data"))) {
            Template base = Template.of("base", List.of(), 0);
            on.launch("ione", base);
            Files.write(on.home("ione").resolve("f"), new byte[4 << 20]);
            on.driver.copy("ione", "s1");
            small.fill(3 << 20);

            assertExhausted(() -> on.driver.copy("ione", "s2"));
            assertThat(directory.resolve("small/data/snapshots/s2")).doesNotExist();
            assertExhausted(() -> on.launch("itwo", base, Optional.of("s1")));
            small.fill(0);
            assertExhausted(() -> on.launch("ithree", base));
        }
    }

    private static void assertExhausted(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(DriverException.class,
                failure -> assertThat(failure.reason()).as("%s", failure).isEqualTo(Reason.EXHAUSTED));
    }

    @Test
    void claim_ofOneThatHasEnded_fails() {
        Launch launch = machine.shell("iwarm", "echo $$; exec sleep 1000");
        machine.driver.stop("iwarm");

        assertThatThrownBy(() -> machine.driver.claim(launch)).isInstanceOfSatisfying(DriverException.class,
                failure -> assertThat(failure.reason()).isEqualTo(Reason.START_FAILED));
    }

    /// A sandbox that notes its processes and how often it was started.
    private Launch counting(String id) {
        Launch launch = machine.shell(id, "echo $$ >> pids; echo start $(wc -l < pids); exec sleep 1000");
        await().until(() -> machine.log(id).contains("start 1"));
        return launch;
    }

    @Test
    void restart_killsOrphansAndRemovesTheirDirectories() throws IOException {
        machine.shell("iorphan", "setsid -f env -i sh -c 'echo $$; exec sleep 1000'; echo $$; exec sleep 1000");
        List<Integer> pids = pids("iorphan", 2);
        Launch dead = machine.shell("idead", "echo $$; exec sleep 1000");
        int deadPid = pids("idead", 1).getFirst();
        kill(deadPid);
        await().until(() -> !machine.alive(deadPid));
        Files.createDirectories(directory.resolve("sandboxes/istray/home/deep"));

        machine.reopen();
        assertThat(machine.recover(List.of(Machine.resident(dead, false)))).isEmpty();

        assertThat(pids).noneMatch(machine::alive);
        assertThat(directory.resolve("sandboxes")).isEmptyDirectory();
    }

    @Test
    void restart_leavesProcessesOfOtherReplicasAlone() {
        try (Machine other = new Machine(directory.resolve("other"))) {
            other.shell("iother", "echo $$; exec sleep 1000");
            await().until(() -> !other.log("iother").isEmpty());
            int pid = Integer.parseInt(other.log("iother").getFirst());

            machine.reopen();
            machine.recover(List.of());

            assertThat(other.alive(pid)).isTrue();
        }
    }

    @Test
    void open_withoutSetsid_saysWhatIsMissing() {
        assertThatThrownBy(() -> Requirements.check(new SearchPath(directory.toString()), List.of()))
                .hasMessageContaining("setsid")
                .hasMessageContaining("install");
    }

    @Test
    void open_badRange_namesTheSetting() {
        SandboxSettings good = Machine.settings(Duration.ofSeconds(1));
        SandboxSettings bad = new SandboxSettings(Map.of(), 1, 1, 1, good.defaultTimeout(), good.maxTimeout(),
                good.startTimeout(), good.killTimeout(), good.announceTimeout(), 1, 1, "10.0.0.0/8",
                good.addressQuarantine(), good.logBytes(), good.usageInterval(), good.confinement(), false);
        try (DataDirectory data = DataDirectory.open(directory.resolve("bad"))) {
            assertThatThrownBy(() -> ProcessDriver.open(data, bad, new ProcessDriver.Environment(address -> false,
                    RuntimeFace.NONE, InstantSource.system(), new SecureRandom(), name -> List.of()),
                    new SimpleMeterRegistry()))
                    .hasMessageContaining("sandgate.sandbox.addresses");
        }
    }

    private static void kill(int pid) {
        ProcFs proc = new ProcFs();
        Signal.KILL.send(proc, proc.process(pid).orElseThrow().key());
    }

    private void assertNoneMarked(String id) throws IOException {
        ProcFs proc = new ProcFs();
        String mark = Mark.VARIABLE + "=" + id + "." + Files.readString(directory.resolve("nonce")).strip();
        assertThat(proc.processes()).filteredOn(ProcessInfo::alive).noneMatch(
                process -> new String(proc.environment(process.pid()), StandardCharsets.UTF_8)
                        .contains(mark));
    }

    private void assertStartFails(String id, Template template, String... words) {
        assertThatThrownBy(() -> machine.launch(id, template)).isInstanceOfSatisfying(DriverException.class,
                failure -> assertThat(failure.reason()).isEqualTo(Reason.START_FAILED))
                .satisfies(failure -> assertThat(failure.getMessage()).contains(words));
        machine.driver.kill(id);
        assertThat(directory.resolve("sandboxes").resolve(id)).doesNotExist();
    }

    /// The numbers that a sandbox wrote.
    private List<Integer> pids(String id, int count) {
        await().until(() -> numbers(id).size() >= count);
        return numbers(id);
    }

    private List<Integer> numbers(String id) {
        return machine.log(id).stream().flatMap(line -> Stream.of(line.split(" ", -1)))
                .filter(word -> word.matches("\\d+")).map(Integer::parseInt).toList();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
