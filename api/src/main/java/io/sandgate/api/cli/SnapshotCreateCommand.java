package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `snapshot create`.
@Command(name = "create", mixinStandardHelpOptions = true, sortOptions = false, description = {
        "Copies the disk of a sandbox, whose processes stand still meanwhile.",
        "What they hold in memory is not in the copy: they start anew in the sandboxes that are made from it."})
final class SnapshotCreateCommand implements Callable<Integer> {

    private final CliContext context;

    @Mixin
    private final ClientOptions client;

    @Parameters(paramLabel = "ID", description = "The sandbox.")
    private String id = "";

    @Option(names = "--name", paramLabel = "NAME[:TAG]", description = "What it can be asked for by, beside its id. An older one of that name loses it.")
    private @Nullable String name;

    SnapshotCreateCommand(CliContext context) {
        this.context = context;
        this.client = new ClientOptions(context);
    }

    @Override
    public Integer call() {
        try (SnapshotApi api = client.connectForSnapshots()) {
            JsonNode made = api.create(id, name);
            if (client.json()) {
                context.out().println(made);
            } else {
                String snapshot = Table.printable(made.path("snapshotID").asText());
                context.out().println("Created snapshot " + snapshot + " of " + id + ".");
                context.out().println("Make a sandbox from it with 'sandgate sandbox create "
                        + (name == null ? snapshot : name) + "'.");
            }
        }
        return ExitCode.OK;
    }
}
