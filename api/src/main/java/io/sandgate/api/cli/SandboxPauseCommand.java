package io.sandgate.api.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sandbox pause`.
@Command(name = "pause", mixinStandardHelpOptions = true, sortOptions = false, description = "Freezes sandboxes: their processes stop, their memory is kept, and they have no deadline.", footerHeading = "%nExamples:%n", footer = {
        "  sandgate sandbox pause $id --no-memory"})
final class SandboxPauseCommand implements Callable<Integer> {

    private final CliContext context;

    @Mixin
    private final ClientOptions client;

    @Parameters(arity = "1..*", paramLabel = "ID", description = "The sandboxes.")
    private final List<String> ids = new ArrayList<>();

    @Option(names = "--no-memory", description = "Keep the disk only: the processes end, and the template's command starts anew when it is resumed.")
    private boolean withoutMemory;

    SandboxPauseCommand(CliContext context) {
        this.context = context;
        this.client = new ClientOptions(context);
    }

    @Override
    public Integer call() {
        try (SandboxApi api = client.connect()) {
            return new EachOne(context, client.json()).run(ids, id -> {
                api.pause(id, !withoutMemory);
                return "paused";
            });
        }
    }
}
