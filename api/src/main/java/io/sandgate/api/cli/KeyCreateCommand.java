package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `key create`.
@Command(name = "create", mixinStandardHelpOptions = true, sortOptions = false, description = "Makes an API key and prints it, this once.", footerHeading = "%nExamples:%n", footer = {
        "  sandgate key create ci --team build --max-sandboxes 5 --max-memory 4096",
        "  sandgate key create lead --team build --admin"})
final class KeyCreateCommand implements Callable<Integer> {

    private final CliContext context;

    @Mixin
    private final ClientOptions client;

    @Parameters(paramLabel = "NAME", description = "What it is called, for people.")
    private String name = "";

    @Option(names = "--team", paramLabel = "TEAM", description = "Who owns what is made with it. Default: the team of the calling key.")
    private @Nullable String team;

    @Option(names = "--admin", description = "It may make and revoke keys of its team.")
    private boolean admin;

    @Option(names = "--max-sandboxes", paramLabel = "N", description = "Sandboxes at a time on all replicas, paused ones among them.")
    private @Nullable Long maxSandboxes;

    @Option(names = "--max-memory", paramLabel = "MIB", description = "Memory of these together, in MiB.")
    private @Nullable Long maxMemory;

    @Option(names = "--max-cpu", paramLabel = "N", description = "Processors of these together.")
    private @Nullable Long maxCpu;

    @Option(names = "--rate", paramLabel = "N", description = {"Calls in a second to each replica, 0 for any number.",
            "Default: sandgate.api.rate-limit of the replica"})
    private @Nullable Integer rate;

    KeyCreateCommand(CliContext context) {
        this.context = context;
        this.client = new ClientOptions(context);
    }

    @Override
    public Integer call() {
        try (KeyApi api = client.connectForKeys()) {
            JsonNode created = api.create(body());
            if (client.json()) {
                context.out().println(created);
            } else {
                context.out().println("Created key " + Table.printable(name) + " of team "
                        + Table.printable(created.path("teamID").asText()) + ", id "
                        + Table.printable(created.path("id").asText()) + ".");
                context.out().println("It is shown this once: " + Table.printable(created.path("key").asText()));
            }
        }
        return ExitCode.OK;
    }

    private ObjectNode body() {
        ObjectNode body = HttpCaller.JSON.createObjectNode().put("name", name);
        if (team != null) {
            body.put("team", team);
        }
        if (admin) {
            body.put("admin", true);
        }
        if (maxSandboxes != null || maxMemory != null || maxCpu != null) {
            ObjectNode quota = body.putObject("quota");
            put(quota, "sandboxes", maxSandboxes);
            put(quota, "memoryMb", maxMemory);
            put(quota, "cpu", maxCpu);
        }
        if (rate != null) {
            body.put("rateLimit", rate);
        }
        return body;
    }

    private static void put(ObjectNode quota, String name, @Nullable Long limit) {
        if (limit != null) {
            quota.put(name, limit);
        }
    }
}
