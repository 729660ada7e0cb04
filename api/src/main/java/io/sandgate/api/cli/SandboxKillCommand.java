package io.sandgate.api.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `sandbox kill`.
@Command(name = "kill", mixinStandardHelpOptions = true, sortOptions = false, description = "Ends sandboxes, running or paused, and deletes what they left.")
final class SandboxKillCommand implements Callable<Integer> {

    private final CliContext context;

    @Mixin
    private final ClientOptions client;

    @Parameters(arity = "1..*", paramLabel = "ID", description = "The sandboxes.")
    private final List<String> ids = new ArrayList<>();

    SandboxKillCommand(CliContext context) {
        this.context = context;
        this.client = new ClientOptions(context);
    }

    @Override
    public Integer call() {
        try (SandboxApi api = client.connect()) {
            return new EachOne(context, client.json()).run(ids, id -> {
                api.kill(id);
                return "killed";
            });
        }
    }
}
