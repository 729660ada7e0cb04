package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `sandbox list`.
@Command(name = "list", aliases = "ls", mixinStandardHelpOptions = true, sortOptions = false, description = "Lists the sandboxes of this key on all replicas, newest first.", footerHeading = "%nExamples:%n", footer = {
        "  sandgate sandbox list --state paused",
        "  sandgate sandbox list --metadata user=ann --json"})
final class SandboxListCommand implements Callable<Integer> {

    /// The states that a sandbox can be seen in.
    enum State {
        running, paused
    }

    private final CliContext context;

    @Mixin
    private final ClientOptions client;

    @Option(names = "--state", paramLabel = "running|paused", split = ",", description = "Only those in this state. Default: both.")
    private final List<State> states = new ArrayList<>();

    @Option(names = "--metadata", paramLabel = "KEY=VALUE", description = "Only those with this metadata. May be given many times; all must match.")
    private final Map<String, String> metadata = new LinkedHashMap<>();

    @Option(names = "--limit", paramLabel = "N", defaultValue = "1000", description = "At most so many. Default: ${DEFAULT-VALUE}.")
    private int limit = 1000;

    SandboxListCommand(CliContext context) {
        this.context = context;
        this.client = new ClientOptions(context);
    }

    @Override
    public Integer call() {
        if (limit < 1) {
            throw new CliException(ExitCode.USAGE, "--limit: " + limit + " (expected: 1 or more)");
        }
        try (SandboxApi api = client.connect()) {
            List<JsonNode> found = api.list(states.stream().map(State::name).toList(), metadata, limit);
            if (client.json()) {
                context.out().println(HttpCaller.JSON.createArrayNode().addAll(found));
            } else if (found.isEmpty()) {
                context.out().println("No sandboxes. Create one with 'sandgate sandbox create web'.");
            } else {
                print(found);
            }
        }
        return ExitCode.OK;
    }

    private void print(List<JsonNode> found) {
        Instant now = context.clock().instant();
        Table table = new Table(context.terminal(), "SANDBOX", "STATE", "TEMPLATE", "AGE", "ENDS IN", "METADATA");
        for (JsonNode sandbox : found) {
            String state = sandbox.path("state").asText();
            table.row(sandbox.path("sandboxID").asText(), state, sandbox.path("templateID").asText(),
                    Ages.since(sandbox.path("startedAt").asText(), now),
                    state.equals("paused") ? "" : Ages.until(sandbox.path("endAt").asText(), now),
                    metadataOf(sandbox));
        }
        table.print(context.out());
    }

    static String metadataOf(JsonNode sandbox) {
        StringJoiner joined = new StringJoiner(" ");
        sandbox.path("metadata").properties()
                .forEach(entry -> joined.add(entry.getKey() + "=" + entry.getValue().asText()));
        return joined.toString();
    }
}
