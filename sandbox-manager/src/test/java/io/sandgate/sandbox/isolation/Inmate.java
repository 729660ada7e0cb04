package io.sandgate.sandbox.isolation;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.sandbox.DataDirectory;
import io.sandgate.sandbox.SandboxSettings;
import io.sandgate.sandbox.driver.IsolationMode;
import io.sandgate.sandbox.driver.Launch;
import io.sandgate.sandbox.driver.Template;
import io.sandgate.sandbox.driver.process.ProcessDriver;
import io.sandgate.sandbox.runtime.Programs.End;
import io.sandgate.sandbox.runtime.Programs.Output;
import io.sandgate.sandbox.runtime.Programs.Source;
import io.sandgate.sandbox.runtime.Programs.Spec;
import io.sandgate.sandbox.runtime.RuntimeFace;
import io.sandgate.sandbox.runtime.SandboxRuntime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import static java.util.concurrent.TimeUnit.SECONDS;

/// Isolated sandboxes of one replica, and what programs in them say.
final class Inmate implements AutoCloseable {

    private static final int MAX_PROCESSES = 64;

    private final DataDirectory data;
    private final ProcessDriver driver;
    private final List<String> ids = new ArrayList<>();

    /// @param shown further folders that they may read
    Inmate(Path path, List<Path> shown) {
        SandboxSettings defaults = SandboxSettings.defaults();
        SandboxSettings settings = new SandboxSettings(Map.of(), 100, 4, defaults.defaultTimeout(),
                defaults.maxTimeout(), defaults.startTimeout(), defaults.killTimeout(), defaults.announceTimeout(),
                1000, 1000, "127.224.0.0/12", Duration.ZERO, 64 * 1024,
                new SandboxSettings.Confinement(IsolationMode.REQUIRED, "10.224.0.0/12", MAX_PROCESSES, 100,
                        shown),
                false);
        data = DataDirectory.open(path);
        driver = ProcessDriver.open(data, settings, new ProcessDriver.Environment(address -> false, RuntimeFace.NONE,
                InstantSource.system(), new SecureRandom()), new SimpleMeterRegistry());
        driver.recover(List.of());
    }

    /// A new sandbox, and its address.
    String start(String id) {
        return start(id, true);
    }

    String start(String id, boolean internet) {
        Launch launch = new Launch(id, "u" + id, driver.allocate(id), Template.of("base", List.of(), 0), Map.of(),
                new Launch.Network(internet), Optional.empty());
        ids.add(id);
        driver.start(launch);
        return launch.address();
    }

    SandboxRuntime runtime(String id) {
        return driver.runtime(id).orElseThrow();
    }

    List<String> shortfalls() {
        return driver.shortfalls();
    }

    void kill(String id) {
        driver.kill(id);
    }

    /// What a shell script says, both ways, and its exit code in the last line.
    String run(String id, String user, String script) throws Exception {
        StringBuilder said = new StringBuilder();
        CompletableFuture<End> end = new CompletableFuture<>();
        runtime(id).programs().start(new Spec("/bin/sh", List.of("-c", script), Map.of(), "", user, Optional.empty(),
                false, "", Optional.of(Duration.ofSeconds(30))), new Output() {
                    @Override
                    public synchronized void data(Source source, byte[] bytes) {
                        said.append(new String(bytes, StandardCharsets.UTF_8));
                    }

                    @Override
                    public void ended(End how) {
                        end.complete(how);
                    }
                });
        End how = end.get(60, SECONDS);
        return said + "exit " + how.exitCode();
    }

    @Override
    public void close() {
        ids.forEach(driver::kill);
        driver.close();
        data.close();
    }
}
