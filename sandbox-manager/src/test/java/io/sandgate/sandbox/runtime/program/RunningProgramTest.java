package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.linux.NamedPipe;
import io.sandgate.sandbox.linux.Poller;
import io.sandgate.sandbox.runtime.Programs.Info;
import io.sandgate.sandbox.runtime.Programs.Spec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class RunningProgramTest {

    private static final Spec SPEC = new Spec("cmd", List.of("long"), Map.of("A", "long"), "/dir", "user",
            Optional.empty(), true, "tag", Optional.empty());

    private final AtomicInteger cancelled = new AtomicInteger();
    private Poller poller;
    private RunningProgram program;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        poller = new Poller("test-poller");
        NamedPipe.create(folder.resolve("status").toString(), 0600);
        program = new RunningProgram(1, new Info(7, SPEC), ProgramPipes.openStatus(poller, folder),
                RunningProgram::letGo);
    }

    @AfterEach
    void close() {
        program.letGo();
        poller.close();
    }

    @Test
    void finished_keepsNothingOfWhatItWasStartedWithButItsTag() {
        assertThat(program.info().spec()).isEqualTo(SPEC);

        program.finished(0);

        assertThat(program.info().pid()).isEqualTo(7);
        assertThat(program.info().spec()).isEqualTo(new Spec("", List.of(), Map.of(), "", "", Optional.empty(), true,
                "tag", Optional.empty()));
    }

    @Test
    void finished_takesItsAlarmBack() {
        program.dueBy(cancelled::incrementAndGet);
        assertThat(cancelled).hasValue(0);

        program.finished(0);
        assertThat(cancelled).hasValue(1);
    }

    @Test
    void dueBy_afterTheEnd_isTakenBackAtOnce() {
        program.finished(0);
        program.dueBy(cancelled::incrementAndGet);
        assertThat(cancelled).hasValue(1);
    }
}
