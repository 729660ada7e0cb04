package io.sandgate.api.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sandbox resume`.
@Command(name = "resume", mixinStandardHelpOptions = true, sortOptions = false, description = "Lets paused sandboxes run on from where they were.")
final class SandboxResumeCommand implements Callable<Integer> {

    private final CliContext context;

    @Mixin
    private final ClientOptions client;

    @Parameters(arity = "1..*", paramLabel = "ID", description = "The sandboxes.")
    private final List<String> ids = new ArrayList<>();

    @Option(names = "--timeout", paramLabel = "DURATION", description = "How long they live from now, such as 10m.")
    private @Nullable Duration timeout;

    @Option(names = "--no-memory", description = "Let them start anew from their disks, whatever they held in memory.")
    private boolean withoutMemory;

    SandboxResumeCommand(CliContext context) {
        this.context = context;
        this.client = new ClientOptions(context);
    }

    @Override
    public Integer call() {
        try (SandboxApi api = client.connect()) {
            return new EachOne(context, client.json()).run(ids,
                    id -> api.connect(id, timeout, !withoutMemory).status() == 201 ? "resumed" : "already running");
        }
    }
}
