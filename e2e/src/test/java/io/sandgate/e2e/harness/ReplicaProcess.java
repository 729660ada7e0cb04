package io.sandgate.e2e.harness;

import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

import static org.awaitility.Awaitility.await;

/// One replica in a process of its own, which can be stopped in every way and started again with the same data.
///
/// It stops by itself when this JVM ends, since that holds its standard input. Closing it ends it and the processes of its
/// sandboxes at once. Confined to one thread at a time.
public final class ReplicaProcess implements AutoCloseable {

    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final Duration STOPPED_WITHIN = Duration.ofSeconds(30);
    private static final Duration HEALTH_WITHIN = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofMillis(25);
    private static final int TAIL = 40;

    private final ReplicaPlan plan;
    private final String key;
    private final Http http;
    private @Nullable Process process;

    /// @param key the API key of its clients, without its name
    public ReplicaProcess(ReplicaPlan plan, String key, Http http) {
        this.plan = plan;
        this.key = key;
        this.http = http;
    }

    /// Starts it and returns at once; its output is added to its log.
    ///
    /// @param javaOptions further options of its Java
    public ReplicaProcess start(String... javaOptions) {
        try {
            Files.createDirectories(plan.log().toAbsolutePath().getParent());
            List<String> command = Program.command(plan.arguments().toArray(String[]::new));
            command.addAll(1, List.of(javaOptions));
            command.addAll(0, plan.host().launcher());
            command.add("--stop-with-parent");
            File log = plan.log().toFile();
            process = Program.process(command).redirectErrorStream(true).redirectOutput(Redirect.appendTo(log)).start();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("replica " + plan.id(), e);
        }
    }

    /// Waits until it says that it is ready.
    public ReplicaProcess awaitReady() {
        try {
            await().atMost(READY_WITHIN).pollDelay(Duration.ZERO).pollInterval(POLL)
                    .until(() -> isReady() || !isAlive());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(plan.id() + " was not ready within " + READY_WITHIN + tail(), e);
        }
        if (!isAlive()) {
            throw new AssertionError(plan.id() + " ended with exit code " + running().exitValue() + tail());
        }
        return this;
    }

    public boolean isReady() {
        try {
            return http.get(adminUrl() + "/readyz", Map.of()).status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    public boolean isStarted() {
        return process != null;
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /// Ends it as a crash would, and waits until it is gone.
    public void kill9() {
        running().destroyForcibly();
        awaitExit();
    }

    /// Stops its threads where they are.
    public void sigstop() {
        Signals.send("STOP", pid());
    }

    /// Lets its threads go on.
    public void sigcont() {
        Signals.send("CONT", pid());
    }

    /// Asks it to stop, and waits.
    ///
    /// @return its exit code
    public int sigterm() {
        Signals.send("TERM", pid());
        return awaitExit();
    }

    /// Waits until it has ended.
    ///
    /// @return its exit code
    public int awaitExit() {
        try {
            if (!running().waitFor(STOPPED_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(plan.id() + " did not end within " + STOPPED_WITHIN + tail());
            }
            return running().exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    public String id() {
        return plan.id();
    }

    public ReplicaPlan plan() {
        return plan;
    }

    public long pid() {
        return running().pid();
    }

    /// The key that its lifecycle API takes.
    public String apiKey() {
        return key;
    }

    public String publicUrl() {
        return "http://" + plan.host().management() + ":" + plan.publicPort();
    }

    InetSocketAddress publicAddress() {
        return new InetSocketAddress(plan.host().management(), plan.publicPort());
    }

    public String peerUrl() {
        return "http://" + plan.host().data() + ":" + plan.peerPort();
    }

    public String adminUrl() {
        return "http://" + plan.host().management() + ":" + plan.adminPort();
    }

    /// Its lifecycle API.
    public LifecycleClient api() {
        return new LifecycleClient(http, publicUrl(), key);
    }

    /// Its data plane.
    public SandboxCaller sandboxes() {
        return new SandboxCaller(http, publicUrl());
    }

    /// A call of its admin listener, with the token if there is one.
    ///
    /// @param path with the leading slash, and with the query
    public Answer admin(String method, String path, String body) {
        String token = plan.settings().get("admin.token");
        Map<String, String> headers = token == null ? Map.of() : Map.of("Authorization", "Bearer " + token);
        return http.send(method, adminUrl() + path, headers, body);
    }

    /// Whether it says within a moment that it is healthy; one that says nothing is not.
    public boolean isHealthy() {
        try {
            return http.get(adminUrl() + "/healthz", Map.of(), HEALTH_WITHIN).status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /// Its metrics as they are now.
    public Metrics metrics() {
        return Metrics.parse(admin("GET", "/metrics", "").body());
    }

    /// The answer of `GET /cluster`.
    public JsonObject cluster() {
        return admin("GET", "/cluster", "").json();
    }

    /// The routes that it knows, by id, as its admin listener lists them.
    public Map<String, JsonObject> routes() {
        Map<String, JsonObject> routes = new LinkedHashMap<>();
        admin("GET", "/routes", "").body().lines().filter(line -> !line.isBlank()).map(JsonObject::new)
                .forEach(route -> routes.put(route.getString("id"), route));
        return routes;
    }

    /// The route that it knows for an id.
    public JsonObject route(String sandboxId) {
        Answer answer = admin("GET", "/routes/" + sandboxId, "");
        if (answer.status() != 200) {
            throw new AssertionError(plan.id() + " knows no route for " + sandboxId + ": " + answer.body());
        }
        return answer.json();
    }

    /// Whole text of its log.
    public String log() {
        try {
            return Files.exists(plan.log()) ? Files.readString(plan.log()) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The end of its log, for messages.
    public String tail() {
        List<String> lines = log().lines().toList();
        return "\n--- end of " + plan.log() + "\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL), lines.size()))
                + "\n---";
    }

    /// The directories of its sandboxes.
    public List<String> sandboxDirectories() {
        Path directory = plan.data().resolve("sandboxes");
        String[] names = directory.toFile().list();
        return names == null ? List.of() : List.of(names);
    }

    @Override
    public void close() {
        if (isAlive()) {
            kill9();
        }
        SandboxLeftovers.remove(plan.data());
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException(plan.id() + " was not started");
        }
        return process;
    }
}
