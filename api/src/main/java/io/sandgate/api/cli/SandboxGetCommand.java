package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `sandbox get`.
@Command(name = "get", mixinStandardHelpOptions = true, sortOptions = false, description = "Shows one sandbox.")
final class SandboxGetCommand implements Callable<Integer> {

    private final CliContext context;

    @Mixin
    private final ClientOptions client;

    @Parameters(paramLabel = "ID", description = "The sandbox.")
    private String id = "";

    SandboxGetCommand(CliContext context) {
        this.context = context;
        this.client = new ClientOptions(context);
    }

    @Override
    public Integer call() {
        try (SandboxApi api = client.connect()) {
            JsonNode sandbox = api.get(id);
            if (client.json()) {
                context.out().println(sandbox);
                return ExitCode.OK;
            }
            Instant now = context.clock().instant();
            Table table = new Table(context.terminal(), "sandbox", sandbox.path("sandboxID").asText());
            String state = sandbox.path("state").asText();
            table.row("state", state);
            table.row("template", sandbox.path("templateID").asText());
            table.row("started", sandbox.path("startedAt").asText() + " ("
                    + Ages.since(sandbox.path("startedAt").asText(), now) + " ago)");
            if (!state.equals("paused")) {
                table.row("ends", sandbox.path("endAt").asText() + " (in "
                        + Ages.until(sandbox.path("endAt").asText(), now) + ")");
            }
            table.row("on timeout", sandbox.path("lifecycle").path("onTimeout").asText());
            table.row("size", sandbox.path("cpuCount").asText() + " CPU, " + sandbox.path("memoryMB").asText()
                    + " MB memory, " + sandbox.path("diskSizeMB").asText() + " MB disk");
            table.row("metadata", SandboxListCommand.metadataOf(sandbox));
            table.row("address",
                    SandboxAddress.of(api.base(), sandbox.path("domain").asText(""), id, "<port>"));
            table.print(context.out());
        }
        return ExitCode.OK;
    }
}
