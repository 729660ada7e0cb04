package io.sandgate.sandbox.driver.process;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.sandbox.DataDirectory;
import io.sandgate.sandbox.SandboxSettings;
import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.driver.Launch;
import io.sandgate.sandbox.driver.LogEntry;
import io.sandgate.sandbox.driver.Resident;
import io.sandgate.sandbox.driver.Template;
import io.sandgate.sandbox.runtime.RuntimeFace;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/// A process driver over a data directory, and over the same again after a restart.
final class Machine implements AutoCloseable {

    final Path path;
    final List<String> exits = new CopyOnWriteArrayList<>();
    private final List<Resident> launched = new ArrayList<>();
    private final ProcFs proc = new ProcFs();
    private final Duration startTimeout;
    private DataDirectory data;
    ProcessDriver driver;

    Machine(Path path) {
        this(path, Duration.ofSeconds(20));
    }

    Machine(Path path, Duration startTimeout) {
        this.path = path;
        this.startTimeout = startTimeout;
        data = DataDirectory.open(path);
        driver = open();
        recover(List.of());
    }

    static SandboxSettings settings(Duration startTimeout) {
        SandboxSettings defaults = SandboxSettings.defaults();
        return new SandboxSettings(Map.of(), 100, 4, 4, defaults.defaultTimeout(), defaults.maxTimeout(), startTimeout,
                Duration.ofSeconds(10), Duration.ofSeconds(1), 1000, 1000, "127.240.0.0/12", Duration.ZERO, 64 * 1024,
                defaults.usageInterval(),
                defaults.confinement(), false);
    }

    /// Lets go of everything, as a killed replica does, and opens it again.
    void reopen() {
        driver.close();
        data.close();
        data = DataDirectory.open(path);
        driver = open();
    }

    Set<String> recover(List<Resident> residents) {
        Set<String> alive = driver.recover(residents, Set.of());
        driver.onExit((id, uid, detail) -> exits.add(id + " " + uid + " " + detail));
        return alive;
    }

    Launch launch(String id, Template template) {
        return launch(id, template, Optional.empty());
    }

    Launch launch(String id, Template template, Optional<String> copy) {
        Launch launch = new Launch(id, "u" + id, driver.allocate(id), template, Map.of("GIVEN", "by caller"),
                Egress.OPEN, copy, Optional.empty());
        launched.add(resident(launch, false));
        driver.start(launch);
        return launch;
    }

    Launch shell(String id, String script) {
        return launch(id, Template.of("shell", List.of("sh", "-c", script), 0));
    }

    static Resident resident(Launch launch, boolean frozen) {
        return resident(launch, frozen ? Resident.State.FROZEN : Resident.State.RUNNING);
    }

    static Resident resident(Launch launch, Resident.State state) {
        return new Resident(launch.id(), launch.uid(), launch.template().name(), launch.address(), state,
                launch.environment(), launch.egress(), launch.accessToken());
    }

    List<String> log(String id) {
        return driver.logs(id).stream().map(LogEntry::text).toList();
    }

    Path home(String id) {
        return path.resolve("sandboxes").resolve(id).resolve("disk").resolve("home");
    }

    /// The process with this pid, when it can run.
    boolean alive(int pid) {
        return proc.process(pid).filter(ProcessInfo::alive).isPresent();
    }

    boolean stopped(int pid) {
        return proc.process(pid).filter(ProcessInfo::stopped).isPresent();
    }

    @Override
    public void close() {
        launched.forEach(resident -> driver.kill(resident.id()));
        driver.close();
        data.close();
    }

    private ProcessDriver open() {
        return ProcessDriver.open(data, settings(startTimeout), new ProcessDriver.Environment(address -> false,
                RuntimeFace.NONE, InstantSource.system(), new SecureRandom(), name -> List.of()),
                new SimpleMeterRegistry());
    }
}
