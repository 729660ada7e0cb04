package io.sandgate.api.cli;

import io.sandgate.api.settings.DurationText;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `sandbox extend`.
@Command(name = "extend", aliases = "timeout", mixinStandardHelpOptions = true, sortOptions = false, description = "Sets how long a running sandbox lives from now: longer or shorter than it would have.", footerHeading = "%nExample:%n", footer = "  sandgate sandbox extend i7k2m9... 1h")
final class SandboxExtendCommand implements Callable<Integer> {

    private final CliContext context;

    @Mixin
    private final ClientOptions client;

    @Parameters(index = "0", paramLabel = "ID", description = "The sandbox.")
    private String id = "";

    @Parameters(index = "1", paramLabel = "DURATION", description = "From now, such as 90s, 10m or 24h.")
    private Duration timeout = Duration.ZERO;

    SandboxExtendCommand(CliContext context) {
        this.context = context;
        this.client = new ClientOptions(context);
    }

    @Override
    public Integer call() {
        try (SandboxApi api = client.connect()) {
            return new EachOne(context, client.json()).run(List.of(id), one -> {
                api.timeout(one, timeout);
                return "ends in " + DurationText.format(timeout);
            });
        }
    }
}
