package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.linux.Poller;
import io.sandgate.sandbox.runtime.Account;
import io.sandgate.sandbox.runtime.Accounts;
import io.sandgate.sandbox.runtime.program.GuestPrograms.Host;
import io.sandgate.sandbox.runtime.program.GuestPrograms.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The agent of a sandbox that is nothing but a folder, and the programs that it runs.
final class BareAgent implements AutoCloseable {

    private static final int MAX_PROGRAMS = 20;

    private final Path records;
    private final ControlFolder control;
    private final Process process;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Poller poller = new Poller("test-poller");
    private final Account account;
    private final Descriptor root;
    final Path home;
    /// Tasks that were put off for days and not taken back.
    final AtomicInteger farOff = new AtomicInteger();

    BareAgent(Path folder) throws IOException {
        root = Descriptor.open("/", 0, OpenFlag.PATH, OpenFlag.DIRECTORY);
        records = folder.resolve("records");
        control = new ControlFolder(folder.resolve("control"), -1);
        control.create();
        Files.createDirectory(records);
        home = Files.createDirectory(folder.resolve("home"));
        account = new Account("me", 0, 0, 0, 0, home.toString());
        process = new ProcessBuilder("sh", control.path().resolve(Agent.SCRIPT).toString(), control.path().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /// The programs, as a replica sees them that just started.
    GuestPrograms programs() {
        Host host = new Host(poller, (delay, task) -> {
            int far = delay.toDays() > 0 ? 1 : 0;
            farOff.addAndGet(far);
            var scheduled = timer.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
            return () -> {
                if (scheduled.cancel(false)) {
                    farOff.addAndGet(-far);
                }
            };
        }, InstantSource.system(), MAX_PROGRAMS);
        return GuestPrograms.of(host, new Surroundings(control, records, root, accounts(), false,
                (directory, command, user) -> {}, Map.of("SANDBOX", "yes")));
    }

    private Accounts accounts() {
        return new Accounts() {
            @Override
            public Account find(String user) {
                return account;
            }

            @Override
            public String userName(int hostUid) {
                return "me";
            }

            @Override
            public String groupName(int hostGid) {
                return "me";
            }
        };
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        timer.shutdownNow();
        poller.close();
        root.close();
    }
}
