package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import io.sandgate.sandbox.runtime.Programs.ByPid;
import io.sandgate.sandbox.runtime.Programs.ByTag;
import io.sandgate.sandbox.runtime.Programs.End;
import io.sandgate.sandbox.runtime.Programs.Signal;
import io.sandgate.sandbox.runtime.Programs.Source;
import io.sandgate.sandbox.runtime.Programs.Spec;
import io.sandgate.sandbox.runtime.Programs.Subscription;
import io.sandgate.sandbox.runtime.Programs.TerminalSize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

@Timeout(60)
class GuestProgramsTest {

    private BareAgent agent;
    private GuestPrograms programs;
    private final Heard heard = new Heard();

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        agent = new BareAgent(folder);
        programs = agent.programs();
    }

    @AfterEach
    void stop() {
        programs.close();
        agent.close();
    }

    private static Spec shell(String script) {
        return spec(script, false, Optional.empty(), Optional.empty());
    }

    private static Spec spec(String script, boolean input, Optional<TerminalSize> terminal,
            Optional<Duration> timeout) {
        return new Spec("/bin/sh", List.of("-c", script), Map.of("OWN", "it's"), "", "", terminal, input, "tag",
                timeout);
    }

    @Test
    void start_ofCommand_givesBothOutputsThenItsExit() throws Exception {
        programs.start(shell("echo out; echo err >&2; echo \"$SANDBOX $OWN $HOME\"; pwd; exit 3"), heard);

        assertThat(heard.end()).isEqualTo(new End(3, true, "exit status 3", false));
        assertThat(heard.text(Source.STDOUT))
                .isEqualTo("out\nyes it's " + agent.home + "\n" + agent.home + "\n");
        assertThat(heard.text(Source.STDERR)).isEqualTo("err\n");
        assertThat(programs.list()).isEmpty();
    }

    @Test
    void start_withoutInput_readsTheEnd() throws Exception {
        programs.start(shell("cat; echo done"), heard);

        heard.end();
        assertThat(heard.text(Source.STDOUT)).isEqualTo("done\n");
    }

    @Test
    void input_largerThanPipe_isTakenWholeAndItsEndTold() throws Exception {
        Subscription cat = programs.start(spec("wc -c", true, Optional.empty(), Optional.empty()), heard);
        ByPid pid = new ByPid(cat.pid());

        programs.input(pid, new byte[3_000_000], false);
        programs.closeInput(pid);

        assertThat(heard.end().exitCode()).isZero();
        assertThat(heard.text(Source.STDOUT).strip()).isEqualTo("3000000");
    }

    @Test
    void input_whenProgramReadsNoMore_isRefused() throws Exception {
        Subscription closing = programs.start(
                spec("exec <&-; echo closed; sleep 30", true, Optional.empty(), Optional.empty()), heard);
        heard.awaitText(Source.STDOUT, "closed");

        assertThatThrownBy(() -> programs.input(new ByPid(closing.pid()), new byte[1_000_000], false))
                .isInstanceOfSatisfying(GuestException.class,
                        e -> assertThat(e.code()).isEqualTo(Code.FAILED_PRECONDITION));
        programs.signal(new ByTag("tag"), Signal.KILL);
        assertThat(heard.end()).isEqualTo(new End(-1, false, "signal: killed", false));
    }

    @Test
    void start_withTimeout_isKilledAndSaysSo() throws Exception {
        programs.start(spec("exec sleep 60", false, Optional.empty(), Optional.of(Duration.ofMillis(200))), heard);

        assertThat(heard.end()).isEqualTo(new End(-1, false, "signal: killed", true));
    }

    @Test
    void start_atTerminal_hasSizeEchoAndHangsUp() throws Exception {
        Subscription shell = programs.start(
                spec("stty size; tty; read line; echo \"got $line\"; stty size; exit 4", false,
                        Optional.of(new TerminalSize(100, 30)), Optional.empty()),
                heard);
        ByPid pid = new ByPid(shell.pid());
        heard.awaitText(Source.TERMINAL, "30 100");
        programs.resize(pid, new TerminalSize(80, 24));
        programs.input(pid, "hello\r".getBytes(UTF_8), true);

        assertThat(heard.end().exitCode()).isEqualTo(4);
        assertThat(heard.text(Source.TERMINAL)).contains("/dev/pts/", "got hello", "24 80");
    }

    @Test
    void interrupt_isHeard() throws Exception {
        programs.start(shell("trap 'echo heard; exit 5' INT; kill -INT $$"), heard);

        assertThat(heard.end().exitCode()).isEqualTo(5);
        assertThat(heard.text(Source.STDOUT)).isEqualTo("heard\n");
    }

    @Test
    void interrupt_typedAtTerminal_endsWhatRuns() throws Exception {
        Subscription shell = programs.start(spec("echo ready; exec sleep 60", false,
                Optional.of(new TerminalSize(100, 30)), Optional.empty()), heard);
        heard.awaitText(Source.TERMINAL, "ready");

        programs.input(new ByPid(shell.pid()), new byte[]{3}, true);

        assertThat(heard.end().exitCode()).isEqualTo(130);
    }

    @Test
    void pause_holdsTheProgramBackUntilResume() throws Exception {
        Subscription flood = programs.start(shell("head -c 20000000 /dev/zero; echo over >&2"), heard);
        flood.pause();
        long before = heard.bytes.get();
        assertThat(before).isLessThan(20_000_000L);

        flood.resume();
        heard.end();
        assertThat(heard.bytes.get()).isEqualTo(20_000_005L);
    }

    @Test
    void connect_hearsFromNowOnAndTheEndOfOneThatEnded() throws Exception {
        Subscription first = programs.start(
                spec("echo one; read x; echo two", true, Optional.empty(), Optional.empty()), heard);
        heard.awaitText(Source.STDOUT, "one");
        Heard second = new Heard();
        programs.connect(new ByTag("tag"), second);
        programs.input(new ByPid(first.pid()), "\n".getBytes(UTF_8), false);

        assertThat(second.end().exitCode()).isZero();
        heard.end();
        assertThat(second.text(Source.STDOUT)).isEqualTo("two\n");
        Heard late = new Heard();
        programs.connect(new ByPid(first.pid()), late);
        assertThat(late.end().exitCode()).isZero();
        assertThat(late.ends).hasValue(1);
        assertThatThrownBy(() -> programs.signal(new ByPid(first.pid()), Signal.TERM))
                .isInstanceOfSatisfying(GuestException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
    }

    @Test
    void cancel_leavesTheProgramRunning() throws Exception {
        Subscription gone = programs.start(shell("head -c 5000000 /dev/zero; touch finished"), heard);
        gone.pause();
        gone.cancel();
        Heard other = new Heard();
        programs.connect(new ByPid(gone.pid()), other);

        other.end();
        assertThat(heard.ends).hasValue(0);
        assertThat(agent.home.resolve("finished")).exists();
    }

    @Test
    void recover_findsProgramsOfAnEarlierReplicaWithTheirOutput() throws Exception {
        Subscription lasting = programs.start(shell("sleep 0.3; echo late; head -c 300000 /dev/zero; exit 5"), heard);
        programs.close();
        GuestPrograms next = agent.programs();
        next.recover();
        Heard again = new Heard();

        next.connect(new ByPid(lasting.pid()), again);

        assertThat(again.end()).isEqualTo(new End(5, true, "exit status 5", false));
        assertThat(again.text(Source.STDOUT)).startsWith("late\n");
        assertThat(again.bytes).hasValue(300_005L);
        next.close();
    }

    @Test
    void recover_ofProgramThatEndedMeanwhile_tellsItsEnd() throws Exception {
        Path ready = agent.home.resolve("ready");
        Subscription brief = programs.start(
                spec("read x; touch ready", true, Optional.empty(), Optional.empty()), heard);
        programs.close();
        while (Files.notExists(ready)) {
            Thread.onSpinWait();
        }
        GuestPrograms next = agent.programs();
        next.recover();
        Heard again = new Heard();

        next.connect(new ByPid(brief.pid()), again);

        again.end();
        assertThat(next.list()).isEmpty();
        next.close();
    }

    @Test
    void recover_ofProgramWithATimeout_stillKillsItThen() throws Exception {
        Subscription brief = programs.start(
                spec("exec sleep 60", false, Optional.empty(), Optional.of(Duration.ofSeconds(2))), heard);
        programs.close();
        GuestPrograms next = agent.programs();
        next.recover();
        Heard again = new Heard();
        next.connect(new ByPid(brief.pid()), again);

        assertThat(again.end()).isEqualTo(new End(-1, false, "signal: killed", true));
        next.close();
    }

    @Test
    void connect_byATagThatSeveralHave_hearsTheYoungest() throws Exception {
        for (int i = 1; i <= 3; i++) {
            programs.start(spec("read x; echo " + i, true, Optional.empty(), Optional.empty()), new Heard());
        }
        programs.connect(new ByTag("tag"), heard);

        programs.input(new ByTag("tag"), "\n".getBytes(UTF_8), false);

        heard.end();
        assertThat(heard.text(Source.STDOUT)).isEqualTo("3\n");
    }

    @Test
    void input_whenInterrupted_givesUp() throws Exception {
        Subscription deaf = programs.start(spec("exec sleep 60", true, Optional.empty(), Optional.empty()), heard);
        CompletableFuture<Code> refused = new CompletableFuture<>();
        Thread writer = Thread.ofPlatform().start(() -> {
            try {
                programs.input(new ByPid(deaf.pid()), new byte[1_000_000], false);
            } catch (GuestException e) {
                refused.complete(Thread.currentThread().isInterrupted() ? e.code() : Code.INTERNAL);
            }
        });
        while (writer.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }

        writer.interrupt();

        assertThat(refused.get(20, SECONDS)).isEqualTo(Code.UNAVAILABLE);
    }

    @Test
    void end_takesBackWhatWasToKillTheProgram() throws Exception {
        programs.start(spec("true", false, Optional.empty(), Optional.of(Duration.ofDays(100))), heard);
        heard.end();

        await().untilAsserted(() -> assertThat(agent.farOff).hasValue(0));
    }

    @Test
    void start_beyondTheBound_isRefused() {
        for (int i = 0; i < 20; i++) {
            programs.start(shell("sleep 30"), new Heard());
        }
        assertThatThrownBy(() -> programs.start(shell("true"), heard))
                .isInstanceOfSatisfying(GuestException.class,
                        e -> assertThat(e.code()).isEqualTo(Code.RESOURCE_EXHAUSTED));
        assertThat(programs.list()).hasSize(20);
    }

    @Test
    void start_withZeroCharacter_isRefused() {
        assertThatThrownBy(() -> programs.start(shell("echo \0"), heard))
                .isInstanceOfSatisfying(GuestException.class,
                        e -> assertThat(e.code()).isEqualTo(Code.INVALID_ARGUMENT));
        assertThat(programs.list()).isEmpty();
    }
}
