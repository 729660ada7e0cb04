package io.sandgate.api.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `snapshot delete`.
@Command(name = "delete", aliases = "rm", mixinStandardHelpOptions = true, sortOptions = false, description = "Deletes snapshots. Sandboxes that were made from them stay.")
final class SnapshotDeleteCommand implements Callable<Integer> {

    private final CliContext context;

    @Mixin
    private final ClientOptions client;

    @Parameters(arity = "1..*", paramLabel = "ID|NAME", description = "The snapshots.")
    private final List<String> ids = new ArrayList<>();

    SnapshotDeleteCommand(CliContext context) {
        this.context = context;
        this.client = new ClientOptions(context);
    }

    @Override
    public Integer call() {
        try (SnapshotApi api = client.connectForSnapshots()) {
            return new EachOne(context, "snapshotID", client.json()).run(ids, id -> {
                api.delete(id);
                return "deleted";
            });
        }
    }
}
