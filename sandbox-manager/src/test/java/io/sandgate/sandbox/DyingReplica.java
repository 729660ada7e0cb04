package io.sandgate.sandbox;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.sandgate.sandbox.driver.SandboxDriver;
import io.sandgate.sandbox.driver.Template;
import io.sandgate.sandbox.driver.process.ProcessDriver;
import io.sandgate.sandbox.runtime.RuntimeFace;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// A replica's sandboxes with nothing around them; as a program, one that makes some, prints them and waits to be
/// killed.
final class DyingReplica implements AutoCloseable {

    private final DataDirectory data;
    private final SandboxDriver driver;
    final RecordingAnnouncer announcer = new RecordingAnnouncer(new Journal());
    private final Records records;
    final SandboxManager sandboxes;

    DyingReplica(Path path) {
        SandboxSettings defaults = SandboxSettings.defaults();
        Template ticking = Template.of("ticking",
                List.of("sh", "-c", "echo $$; while :; do echo tick; sleep 0.05; done"), 0);
        SandboxSettings settings = new SandboxSettings(Map.of("ticking", ticking), 100, 4, 4, defaults.defaultTimeout(),
                defaults.maxTimeout(), defaults.startTimeout(), defaults.killTimeout(), defaults.announceTimeout(),
                1000, 1000, "127.240.0.0/12", Duration.ZERO, 64 * 1024, defaults.usageInterval(),
                defaults.confinement(), false);
        data = DataDirectory.open(path);
        driver = ProcessDriver.open(data, settings, new ProcessDriver.Environment(address -> false, RuntimeFace.NONE,
                InstantSource.system(), new SecureRandom(), name -> List.of()), new SimpleMeterRegistry());
        records = Records.open(data, new SimpleMeterRegistry());
        sandboxes = SandboxManager.open(records, settings, driver, announcer, SandboxObserver.NONE, World.TOKENS,
                InstantSource.system(),
                new SecureRandom(),
                new SimpleMeterRegistry());
    }

    public static void main(String[] arguments) throws IOException {
        DyingReplica replica = new DyingReplica(Path.of(arguments[0]));
        for (String template : List.of("base", "ticking", "ticking", "ticking")) {
            Sandbox sandbox = replica.sandboxes.create(new CreateSandbox(template, "team-a", Duration.ofHours(1),
                    OnTimeout.KILL, Map.of("kind", template), Map.of(), SandboxNetwork.PLAIN, false));
            System.out.println("made " + sandbox.id());
        }
        Sandbox last = replica.sandboxes.list().stream().filter(s -> s.template().equals("ticking")).findAny()
                .orElseThrow();
        replica.sandboxes.pause(last.id(), true);
        System.out.println("done " + last.id());
        System.out.flush();
        while (System.in.read() >= 0) {
            // Nobody writes: this waits for the end.
        }
    }

    @Override
    public void close() {
        sandboxes.close();
        records.close();
        driver.close();
        data.close();
    }
}
