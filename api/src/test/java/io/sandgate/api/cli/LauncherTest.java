package io.sandgate.api.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// The script `bin/sandgate` in a source tree, with JDKs and a Maven, that are all of the test's making.
class LauncherTest {

    private static final Path SCRIPT = Path.of("..", "bin", "sandgate");
    private static final List<String> TOOLS = List.of("sh", "sed", "find", "head", "tail", "dirname", "readlink", "cat",
            "mkdir", "rm", "mv", "grep", "stat");

    /// @param code exit code
    /// @param out standard output and error together
    private record Run(int code, String out) {}

    @TempDir
    Path directory;

    private Path root = Path.of("");
    private Path path = Path.of("");
    private final Map<String, String> environment = new TreeMap<>();

    @BeforeEach
    void makeTree() throws IOException {
        root = directory.resolve("a tree");
        Files.createDirectories(root.resolve("bin"));
        Files.copy(SCRIPT, root.resolve("bin/sandgate"));
        Files.createDirectories(root.resolve("api/src/main"));
        Files.writeString(root.resolve("pom.xml"), "<project/>");
        Files.writeString(root.resolve("api/pom.xml"), "<project/>");
        source(Instant.EPOCH);
        path = Files.createDirectories(directory.resolve("path"));
        for (String tool : TOOLS) {
            script(path.resolve(tool), "exec " + find(tool) + " \"$@\"");
        }
        // the script looks each second whether what it waits for is over
        script(path.resolve("sleep"), "exec " + find("sleep") + " 0.02");
        environment.put("PATH", path.toString());
        environment.put("SANDGATE_JDK_DIRS", directory.resolve("jdks").toString());
        maven("mkdir -p api/target/lib; : > api/target/sandgate-api-1.jar");
    }

    @Test
    void arguments_withBlanks_reachTheProgramAsTheyAre() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "25.0.1").toString());

        Run run = run("serve", "--set", "a=b c", "");

        assertThat(run.code()).isEqualTo(7);
        assertThat(run.out()).contains("home [--enable-native-access=ALL-UNNAMED]")
                .contains("[" + root.toRealPath().resolve("api/target/sandgate-api-1.jar")
                        + "] [serve] [--set] [a=b c] []");
    }

    @Test
    void javaOptions_inTheirVariable_comeBeforeTheJar() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "25").toString());
        environment.put("SANDGATE_JAVA_OPTS", "-Xmx1g -Dx=y");

        assertThat(run("up").out()).contains("[-Xmx1g] [-Dx=y] [-jar]");
    }

    @Test
    void javaHome_tooOld_isPassedOverForANewerOneElsewhere() throws Exception {
        environment.put("JAVA_HOME", jdk("old", "17.0.2").toString());
        jdk("jdks/a-21", "21");
        jdk("jdks/b-26", "26-ea");

        assertThat(run("--help").out()).contains("jdks/b-26 [");
    }

    @Test
    void jdk_onThePathThroughLinks_isFound() throws Exception {
        Path jdk = jdk("somewhere", "25");
        Path alternatives = Files.createSymbolicLink(directory.resolve("javac-link"), jdk.resolve("bin/javac"));
        Files.createSymbolicLink(path.resolve("javac"), alternatives);

        assertThat(run("--help").out()).contains("somewhere [");
    }

    @Test
    void macFolder_withContentsHome_isFound() throws Exception {
        jdk("jdks/temurin-25.jdk/Contents/Home", "25");

        assertThat(run("--help").out()).contains("temurin-25.jdk/Contents/Home [");
    }

    @Test
    void jdk_withoutAReleaseFile_isAskedItself() throws Exception {
        Path jdk = jdk("jdks/bare", "25");
        Files.delete(jdk.resolve("release"));
        script(jdk.resolve("bin/java"), "[ \"$1\" = -version ] && echo 'openjdk version \"25.0.2\" 2026' >&2;"
                + " echo started");

        assertThat(run("--help").out()).contains("started");
    }

    @Test
    void jdk_missing_isOneLineThatSaysWhatWasSeen() throws Exception {
        environment.put("JAVA_HOME", jdk("old", "17.0.2").toString());
        Path runtimeOnly = jdk("jdks/jre-25", "25");
        Files.delete(runtimeOnly.resolve("bin/javac"));

        Run run = run("--help");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out().lines()).singleElement().asString().startsWith("sandgate: no JDK 25 or newer found")
                .contains("too old: 17 at " + directory.resolve("old"));
    }

    @Test
    void build_onlyWhenNeeded_runsOnFirstUseAndAfterAChange() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "25").toString());

        assertThat(run("--help").out()).contains("Building Sandgate (first run");
        assertThat(run("--help").out()).doesNotContain("Building");
        source(Instant.parse("2200-01-01T00:00:00Z"));
        assertThat(run("--help").out()).contains("Building Sandgate (its source has changed)");
        assertThat(root.resolve("maven.log")).content()
                .startsWith("home: -B -ntp -Dmaven.test.skip=true package -pl api -am");
        assertThat(root.resolve("api/target/.sandgate-build.lock")).doesNotExist();
    }

    @Test
    void build_failing_showsItsErrorsAndIsTriedAgain() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "25").toString());
        maven("echo '[INFO] fine'; echo '[ERROR] no such class'; exit 1");

        Run run = run("--help");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("[ERROR] no such class").doesNotContain("fine")
                .contains("sandgate: the build failed").contains("sandgate-build.log");

        maven("mkdir -p api/target/lib; : > api/target/sandgate-api-1.jar");
        assertThat(run("--help").code()).isEqualTo(7);
    }

    @Test
    void maven_missing_isOneLineThatSaysWhatToInstall() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "25").toString());
        Files.delete(path.resolve("mvn"));

        Run run = run("--help");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out().lines()).singleElement().asString().contains("Maven is missing").contains("install");
    }

    @Test
    void build_lockedByAProcessThatIsGone_isNotWaitedFor() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "25").toString());
        Process gone = new ProcessBuilder(find("sh").toString(), "-c", "exit 0").start();
        gone.waitFor();
        Files.createDirectories(root.resolve("api/target/.sandgate-build.lock"));
        Files.writeString(root.resolve("api/target/.sandgate-build.lock/pid"), Long.toString(gone.pid()));

        assertThat(run("--help").code()).isEqualTo(7);
    }

    @Test
    void script_calledThroughALinkFromAnotherDirectory_findsItsTree() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "25").toString());
        Files.createSymbolicLink(directory.resolve("one"), root.resolve("bin/sandgate"));
        Path link = Files.createSymbolicLink(directory.resolve("two"), Path.of("one"));

        assertThat(run(link, "--help").out()).contains("[" + root.toRealPath()
                .resolve("api/target/sandgate-api-1.jar") + "]");
    }

    private Run run(String... arguments) throws Exception {
        return run(root.resolve("bin/sandgate"), arguments);
    }

    private Run run(Path script, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(path.resolve("sh").toString(), script.toString()));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), out);
    }

    @Test
    void cache_madeOnceAfterABuild_isUsedByReplicasOnly() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "25").toString());
        String use = "[-XX:AOTCache=" + root.toRealPath().resolve("api/target/sandgate.aot") + "]";

        assertThat(run("routes").out()).doesNotContain("Preparing", "AOTCache");
        assertThat(run("serve").out()).contains("Preparing fast starts").contains(use);
        assertThat(run("up").out()).contains(use).doesNotContain("Preparing", "sandgate:");
        assertThat(run("sandbox", "list").out()).doesNotContain("AOTCache");

        source(Instant.parse("2200-01-01T00:00:00Z"));
        assertThat(run("serve").out()).contains("Building", "Preparing", use);
    }

    @Test
    void cache_olderThanTheJar_isMadeAnew() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "25").toString());
        run("serve");
        Path note = root.resolve("api/target/sandgate.aot.for");
        Files.setLastModifiedTime(note, FileTime.from(Instant.parse("2001-01-01T00:00:00Z")));

        assertThat(run("serve").out()).contains("Preparing", "AOTCache=").doesNotContain("does not fit");
        assertThat(run("serve").out()).contains("AOTCache=").doesNotContain("Preparing");
    }

    @Test
    void cache_ofOtherJarsOrAnotherJdkOrDamaged_isLeftOutWithOneWarning() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "25").toString());
        run("serve");
        Path cache = root.resolve("api/target/sandgate.aot");

        Files.writeString(root.resolve("api/target/lib/more.jar"), "more");
        assertLeftOut(run("serve"));
        Files.delete(root.resolve("api/target/lib/more.jar"));
        assertThat(run("serve").out()).contains("AOTCache=");

        environment.put("JAVA_HOME", jdk("other", "25").toString());
        assertLeftOut(run("up"));
        environment.put("JAVA_HOME", directory.resolve("home").toString());

        Path release = directory.resolve("home/release");
        String before = Files.readString(release);
        Files.writeString(release, before.replace("=\"25", "=\"26"));
        assertLeftOut(run("serve"));
        Files.writeString(release, before);

        environment.put("SANDGATE_JAVA_OPTS", "-XX:+Unfit");
        assertLeftOut(run("serve"));
        environment.remove("SANDGATE_JAVA_OPTS");

        Files.writeString(cache, "cut");
        assertLeftOut(run("serve"));
        Files.delete(cache);
        assertLeftOut(run("serve"));

        Files.delete(root.resolve("api/target/sandgate.aot.for"));
        assertThat(run("serve").out()).contains("Preparing", "AOTCache=");
    }

    private static void assertLeftOut(Run run) {
        assertThat(run.code()).isEqualTo(7);
        assertThat(run.out()).doesNotContain("[-XX:AOTCache=", "Preparing");
        assertThat(run.out().lines().filter(line -> line.startsWith("sandgate:"))).singleElement().asString()
                .contains("does not fit").contains("sandgate.aot.for");
    }

    /// @param rehearsal what Java does when it is to note its cache in the file `$made`
    @ParameterizedTest
    @ValueSource(strings = {":", "echo half > \"$made\"", "echo Rehearsed.; : > \"$made\"", "echo Rehearsed."})
    void cache_thatCannotBeMade_isSaidOnceAndKeepsNothingFromStarting(String rehearsal) throws Exception {
        Path jdk = jdk("home", "25");
        environment.put("JAVA_HOME", jdk.toString());
        script(jdk.resolve("bin/java"), "for word; do case $word in -XX:AOTCacheOutput=*) made=${word#*=}; " + rehearsal
                + "; esac; done; printf ' [%s]' \"$@\"; echo; exit 7");

        Run first = run("serve");
        assertThat(first.code()).isEqualTo(7);
        assertThat(first.out().lines().filter(line -> line.startsWith("sandgate:"))).singleElement().asString()
                .contains("no cache for fast starts").contains("sandgate-rehearsal.log");
        assertThat(run("serve").out()).doesNotContain("sandgate:", "Preparing", "AOTCache");
    }

    /// A JDK whose `java` rehearses as it should, and otherwise prints its name and arguments, and exits with 7.
    private Path jdk(String name, String version) throws IOException {
        Path home = directory.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(home.resolve("bin/javac"), "exit 0");
        script(home.resolve("bin/java"), "for word; do case $word in "
                + "-XX:AOTCacheOutput=*) echo noted > \"${word#*=}\"; echo Rehearsed.; exit 0;; "
                + "-XX:AOTMode=on) exit 1;; esac; done; "
                + "printf '%s' '" + name + "'; printf ' [%s]' \"$@\"; echo; exit 7");
        return home;
    }

    private void maven(String script) throws IOException {
        script(path.resolve("mvn"), "echo \"${JAVA_HOME##*/}: $*\" >> maven.log; " + script);
    }

    private void source(Instant changed) throws IOException {
        Path source = root.resolve("api/src/main/Some.java");
        Files.writeString(source, "class Some {}");
        for (Path file : List.of(source, root.resolve("pom.xml"), root.resolve("api/pom.xml"))) {
            Files.setLastModifiedTime(file, FileTime.from(changed));
        }
        Files.setLastModifiedTime(root.resolve("api/src/main"), FileTime.from(changed));
    }

    private static void script(Path file, String body) throws IOException {
        Files.deleteIfExists(file);
        Files.writeString(file, "#!" + find("sh") + "\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path find(String tool) {
        Optional<Path> found = Arrays.stream(System.getenv("PATH").split(":", -1)).map(place -> Path.of(place, tool))
                .filter(Files::isExecutable).findFirst();
        return found.orElseThrow(() -> new IllegalStateException(tool + " is not on the PATH"));
    }
}
