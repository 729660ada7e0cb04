package io.sandgate.sandbox.isolation;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.sandbox.DataDirectory;
import io.sandgate.sandbox.SandboxSettings;
import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.driver.IsolationMode;
import io.sandgate.sandbox.driver.Launch;
import io.sandgate.sandbox.driver.Limits;
import io.sandgate.sandbox.driver.Resident;
import io.sandgate.sandbox.driver.SandboxDriver;
import io.sandgate.sandbox.driver.Template;
import io.sandgate.sandbox.driver.process.ProcessDriver;
import io.sandgate.sandbox.runtime.Programs.End;
import io.sandgate.sandbox.runtime.Programs.Output;
import io.sandgate.sandbox.runtime.Programs.Source;
import io.sandgate.sandbox.runtime.Programs.Spec;
import io.sandgate.sandbox.runtime.RuntimeFace;
import io.sandgate.sandbox.runtime.SandboxRuntime;
import io.sandgate.sandbox.runtime.Usage;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import static java.util.concurrent.TimeUnit.SECONDS;

/// Isolated sandboxes of one replica, and what programs in them say.
final class Inmate implements AutoCloseable {

    private static final int MAX_PROCESSES = 64;
    private static final int DISK_MB = 64;
    private static final Template TEMPLATE = new Template("base", List.of(), 0, Map.of(), Map.of(), Limits.NONE, 1, 512,
            DISK_MB, 0);

    private final Path path;
    private final SandboxSettings settings;
    private final Map<String, Resident> residents = new LinkedHashMap<>();
    private final Map<String, Launch> launches = new HashMap<>();
    private final Map<String, List<Inet4Address>> names = new ConcurrentHashMap<>();
    private SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private DataDirectory data;
    private ProcessDriver driver;

    /// @param shown further folders that they may read
    Inmate(Path path, List<Path> shown) {
        SandboxSettings defaults = SandboxSettings.defaults();
        settings = new SandboxSettings(Map.of(), 100, 4, 4, defaults.defaultTimeout(),
                defaults.maxTimeout(), defaults.startTimeout(), defaults.killTimeout(), defaults.announceTimeout(),
                1000, 1000, "127.224.0.0/12", Duration.ZERO, 64 * 1024, defaults.usageInterval(),
                new SandboxSettings.Confinement(IsolationMode.REQUIRED, "10.224.0.0/12", MAX_PROCESSES, 100,
                        shown, 256, 4096),
                false);
        this.path = path;
        data = DataDirectory.open(path);
        driver = open();
        driver.recover(List.of(), Set.of());
    }

    private ProcessDriver open() {
        return ProcessDriver.open(data, settings, new ProcessDriver.Environment(address -> false, RuntimeFace.NONE,
                InstantSource.system(), new SecureRandom(), this::find), meters);
    }

    private List<Inet4Address> find(String name) {
        return names.getOrDefault(name, List.of());
    }

    /// Gives a name an address, as a name server of the machine would.
    void name(String name, String address) {
        names.put(name, List.of((Inet4Address) InetAddress.ofLiteral(address)));
    }

    /// How many connections by name were refused for a reason.
    double refused(String reason) {
        return meters.get("sandgate.sandbox.outbound.refused").tag("reason", reason).counter().count();
    }

    /// Lets go of the sandboxes, as a replica that stops, and finds them again.
    void reopen() {
        reopen(Set.of());
    }

    /// The same with copies that stay.
    void reopen(Set<String> copies) {
        leave();
        comeBack(copies);
    }

    /// The second half of it.
    void comeBack() {
        comeBack(Set.of());
    }

    private void comeBack(Set<String> copies) {
        data = DataDirectory.open(path);
        meters = new SimpleMeterRegistry();
        driver = open();
        driver.recover(residents.values(), copies);
    }

    /// The first half of it.
    void leave() {
        driver.close();
        data.close();
    }

    /// A new sandbox, and its address.
    String start(String id) {
        return start(id, Egress.OPEN);
    }

    String start(String id, Egress egress) {
        return start(launch(id, egress, Optional.empty()));
    }

    /// A new sandbox with the disk of a copy.
    String startFrom(String id, String copy) {
        return start(launch(id, Egress.OPEN, Optional.of(copy)));
    }

    private String start(Launch launch) {
        driver.start(launch);
        return launch.address();
    }

    private Launch launch(String id, Egress egress, Optional<String> copy) {
        Launch launch = new Launch(id, "u" + id, driver.allocate(id), TEMPLATE, Map.of(), egress, copy,
                Optional.empty());
        launches.put(id, launch);
        residents.put(id, resident(launch.address(), id, egress));
        return launch;
    }

    SandboxDriver driver() {
        return driver;
    }

    /// The launch of a sandbox that was started.
    Launch launch(String id) {
        return Objects.requireNonNull(launches.get(id));
    }

    SandboxRuntime runtime(String id) {
        return driver.runtime(id).orElseThrow();
    }

    Usage usage(String id) {
        return driver.usage(id).orElseThrow();
    }

    List<String> shortfalls() {
        return driver.shortfalls();
    }

    void kill(String id) {
        driver.kill(id);
        residents.remove(id);
    }

    void setEgress(String id, Egress egress) {
        driver.setEgress(id, egress);
        residents.computeIfPresent(id, (key, resident) -> resident(resident.address(), id, egress));
    }

    private static Resident resident(String address, String id, Egress egress) {
        return new Resident(id, "u" + id, "base", address, Resident.State.RUNNING, Map.of(), egress, Optional.empty());
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
        residents.keySet().forEach(id -> driver.kill(id));
        driver.close();
        data.close();
    }
}
