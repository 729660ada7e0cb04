package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `snapshot list`.
@Command(name = "list", aliases = "ls", mixinStandardHelpOptions = true, sortOptions = false, description = "Lists the snapshots of this key's team on all replicas, newest first.")
final class SnapshotListCommand implements Callable<Integer> {

    private static final long MIB = 1L << 20;

    private final CliContext context;

    @Mixin
    private final ClientOptions client;

    @Option(names = "--sandbox", paramLabel = "ID", description = "Only those of this sandbox.")
    private @Nullable String sandbox;

    @Option(names = "--name", paramLabel = "NAME[:TAG]", description = "Only those of this name or id.")
    private @Nullable String name;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "1000", description = "At most so many. Default: ${DEFAULT-VALUE}.")
    private int limit = 1000;

    SnapshotListCommand(CliContext context) {
        this.context = context;
        this.client = new ClientOptions(context);
    }

    @Override
    public Integer call() {
        if (limit < 1) {
            throw new CliException(ExitCode.USAGE, "--limit: " + limit + " (expected: 1 or more)");
        }
        try (SnapshotApi api = client.connectForSnapshots()) {
            List<JsonNode> found = api.list(sandbox, name, limit);
            if (client.json()) {
                context.out().println(HttpCaller.JSON.createArrayNode().addAll(found));
            } else if (found.isEmpty()) {
                context.out().println("No snapshots. Make one with 'sandgate snapshot create SANDBOX'.");
            } else {
                print(found);
            }
        }
        return ExitCode.OK;
    }

    private void print(List<JsonNode> found) {
        Instant now = context.clock().instant();
        Table table = new Table(context.terminal(), "SNAPSHOT", "NAME", "SANDBOX", "TEMPLATE", "AGE", "SIZE");
        for (JsonNode snapshot : found) {
            StringJoiner names = new StringJoiner(" ");
            snapshot.path("names").forEach(each -> names.add(each.asText()));
            table.row(snapshot.path("snapshotID").asText(), names.toString(), snapshot.path("sandboxID").asText(),
                    snapshot.path("templateID").asText(), Ages.since(snapshot.path("createdAt").asText(), now),
                    Math.ceilDiv(snapshot.path("sizeBytes").asLong(), MIB) + " MiB");
        }
        table.print(context.out());
    }
}
