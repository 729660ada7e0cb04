package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sandbox logs`.
@Command(name = "logs", mixinStandardHelpOptions = true, sortOptions = false, description = "Prints what the sandbox's processes wrote, the oldest line first.")
final class SandboxLogsCommand implements Callable<Integer> {

    private static final int MOST = 1000;

    private final CliContext context;

    @Mixin
    private final ClientOptions client;

    @Parameters(paramLabel = "ID", description = "The sandbox.")
    private String id = "";

    @Option(names = "--tail", paramLabel = "N", defaultValue = "1000", description = "Only the last N lines, 1-1000. Default: ${DEFAULT-VALUE}.")
    private int tail = MOST;

    SandboxLogsCommand(CliContext context) {
        this.context = context;
        this.client = new ClientOptions(context);
    }

    @Override
    public Integer call() {
        if (tail < 1 || tail > MOST) {
            throw new CliException(ExitCode.USAGE, "--tail: " + tail + " (expected: 1-" + MOST + ")");
        }
        try (SandboxApi api = client.connect()) {
            List<JsonNode> lines = new ArrayList<>();
            api.logs(id, tail).path("logs").forEach(lines::add);
            for (JsonNode line : lines.reversed()) {
                context.out().println(client.json() ? line.toString() : text(line));
            }
        }
        return ExitCode.OK;
    }

    /// Tabs are kept; whatever else could change the terminal is not.
    private static String text(JsonNode line) {
        return line.path("message").asText(line.path("line").asText()).replaceAll("[\\p{Cntrl}&&[^\\t]]", "?");
    }
}
