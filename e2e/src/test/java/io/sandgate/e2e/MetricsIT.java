package io.sandgate.e2e;

import io.sandgate.e2e.harness.ClusterProcesses;
import io.sandgate.e2e.harness.ReplicaProcess;
import io.sandgate.e2e.harness.SandboxWorld;
import io.sandgate.e2e.upstream.FakeUpstream;
import io.sandgate.e2e.upstream.Fault;
import io.sandgate.e2e.upstream.UpstreamRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// The page of metrics against what a replica really exports.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class MetricsIT {
    private static final Path PAGE = Path.of(System.getProperty("sandgate.e2e.root"), "docs", "metrics.md");
    private static final Pattern HELP = Pattern.compile("# HELP (sandgate_\\w+) (.*)");
    private static final Pattern ROW = Pattern.compile("\\| `(sandgate_\\w+)` \\| (.*) \\|");

    private static final FakeUpstream upstream = FakeUpstream.start(UpstreamRules.DISCORD.with(rules -> {
        rules.window = Duration.ofMillis(100);
        rules.recommendedShards = 4;
    }));

    @RegisterExtension
    static final ClusterProcesses cluster = ClusterProcesses.of(2).set("templates.ready.warm", "1")
            .set(Map.of("shards.token", "fake-token", "shards.api-url", upstream.url(), "shards.sink", "none",
                    "shards.identify-window", "100ms", "shards.intents", "all"));

    @AutoClose
    private static final SandboxWorld world = SandboxWorld.open();

    @AfterAll
    static void stop() {
        upstream.close();
    }

    @Test
    void everyExportedMetric_isInTheDocumentation() throws Exception {
        await().atMost(Duration.ofSeconds(60)).until(() -> upstream.liveSessions().size() == 4);
        upstream.inject(new Fault.Drop());
        await().atMost(Duration.ofSeconds(60)).until(() -> upstream.seen().resumed().size() == 4);
        ReplicaProcess first = cluster.replica(1);
        ReplicaProcess second = cluster.replica(2);
        String id = first.api().created("base");
        second.sandboxes().get(id, world.port(), "/");
        second.sandboxes().get("inobody", world.port(), "/");
        second.api().pause(id);
        second.api().connect(id, 60);
        second.api().list("");
        second.api().kill(id);
        Map<String, String> exported = new TreeMap<>();
        for (ReplicaProcess replica : cluster.replicas()) {
            cluster.http().get(replica.adminUrl() + "/metrics", Map.of()).body().lines().map(HELP::matcher)
                    .filter(matcher -> matcher.matches() && !matcher.group(1).endsWith("_max"))
                    .forEach(matcher -> exported.put(matcher.group(1), matcher.group(2)));
        }
        if (Boolean.getBoolean("sandgate.docs.write")) {
            write(exported);
        }

        assertThat(exported).as("described").noneSatisfy((name, help) -> assertThat(help).isBlank());
        assertThat(documented().keySet()).as("docs/metrics.md").containsAll(new TreeSet<>(exported.keySet()));
    }

    private static Map<String, String> documented() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        Files.readString(PAGE).lines().map(ROW::matcher).filter(Matcher::matches)
                .forEach(matcher -> rows.put(matcher.group(1), matcher.group(2)));
        return rows;
    }

    /// Keeps the rows of metrics that show up only in trouble.
    private static void write(Map<String, String> exported) throws IOException {
        Map<String, String> rows = documented();
        rows.putAll(exported);
        String page = Files.readString(PAGE);
        StringBuilder table = new StringBuilder(page.substring(0, page.indexOf("| metric |")))
                .append("| metric | meaning |\n| --- | --- |\n");
        rows.forEach((name, help) -> table.append("| `").append(name).append("` | ").append(help).append(" |\n"));
        Files.writeString(PAGE, table);
    }
}
