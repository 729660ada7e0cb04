package io.sandgate.sandbox;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.sandgate.sandbox.driver.Template;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.awaitility.Awaitility.await;

/// Sandboxes over fakes and manual time, and over the same again after a restart.
final class World {

    final Journal journal = new Journal();
    final ManualTime time = new ManualTime();
    final MemoryDriver driver = new MemoryDriver(journal);
    final MemoryStore store = new MemoryStore(journal);
    final RecordingAnnouncer announcer = new RecordingAnnouncer(journal);
    /// What the observer heard, in order.
    final List<SandboxChange> changes = new CopyOnWriteArrayList<>();
    /// Called with each of them too.
    volatile SandboxObserver alsoTold = SandboxObserver.NONE;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    SandboxManager sandboxes;

    World() {
        this(settings(100));
    }

    World(SandboxSettings settings) {
        sandboxes = open(settings);
    }

    static SandboxSettings settings(int maxSandboxes) {
        return settings(maxSandboxes, Template.of("run", List.of("run"), 0));
    }

    static SandboxSettings settings(int maxSandboxes, Template... templates) {
        SandboxSettings defaults = SandboxSettings.defaults();
        Map<String, Template> byName = Stream.of(templates)
                .collect(Collectors.toMap(Template::name, template -> template));
        return new SandboxSettings(byName, maxSandboxes, 2, 1,
                defaults.defaultTimeout(), Duration.ofHours(1), Duration.ofMillis(300), Duration.ofSeconds(1),
                Duration.ofMillis(100), 100, 100, defaults.addresses(), defaults.addressQuarantine(),
                defaults.logBytes(), defaults.usageInterval(), defaults.confinement(), false);
    }

    void restart() {
        sandboxes.close();
        sandboxes = open(settings(100));
    }

    Sandbox create() {
        return create(Duration.ofMinutes(5), OnTimeout.KILL);
    }

    Sandbox create(Duration timeout, OnTimeout onTimeout) {
        return sandboxes.create(request("base", timeout, onTimeout));
    }

    static CreateSandbox request(String template, Duration timeout, OnTimeout onTimeout) {
        return new CreateSandbox(template, "team-a", timeout, onTimeout, Map.of("a", "b"), Map.of("KEY", "secret"),
                SandboxNetwork.PLAIN, false);
    }

    Sandbox paused() {
        Sandbox sandbox = create();
        sandboxes.pause(sandbox.id(), true);
        return now(sandbox);
    }

    /// The sandbox as it is now.
    Sandbox now(Sandbox sandbox) {
        return sandboxes.find(sandbox.id()).orElseThrow();
    }

    /// The sandbox as its record has it.
    Sandbox record(Sandbox sandbox) {
        return Objects.requireNonNull(store.records.get(sandbox.id()));
    }

    boolean gone(Sandbox sandbox) {
        return sandboxes.find(sandbox.id()).isEmpty();
    }

    void awaitGone(Sandbox sandbox) {
        await().until(() -> gone(sandbox));
    }

    void awaitState(Sandbox sandbox, SandboxState state) {
        await().until(() -> sandboxes.find(sandbox.id()).map(Sandbox::state).filter(s -> s == state).isPresent());
    }

    double count(String name, String tag, String value) {
        return meters.get(name).tag(tag, value).counter().count();
    }

    static final SandboxTokens TOKENS = SandboxTokens.of("a seed for tests only");

    private void heard(SandboxChange change) {
        changes.add(change);
        alsoTold.changed(change);
    }

    private SandboxManager open(SandboxSettings settings) {
        return LocalSandboxes.open(settings, store, driver, announcer, this::heard, TOKENS, time, time,
                new SplittableRandom(7),
                meters);
    }
}
