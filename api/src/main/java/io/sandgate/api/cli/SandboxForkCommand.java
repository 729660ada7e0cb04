package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sandbox fork`.
@Command(name = "fork", mixinStandardHelpOptions = true, sortOptions = false, description = {
        "Makes sandboxes with a copy of a sandbox' disk, on its replica.",
        "What its processes hold in memory is not in the copy: they start anew."}, footerHeading = "%nExamples:%n", footer = {
                "  sandgate sandbox fork $id --count 3 --timeout 1h"})
final class SandboxForkCommand implements Callable<Integer> {

    private final CliContext context;

    @Mixin
    private final ClientOptions client;

    @Parameters(paramLabel = "ID", description = "The sandbox.")
    private String id = "";

    @Option(names = "--count", paramLabel = "N", defaultValue = "1", description = "How many, 100 at most. Default: ${DEFAULT-VALUE}.")
    private int count = 1;

    @Option(names = "--timeout", paramLabel = "DURATION", defaultValue = "5m", description = "How long they live. Default: ${DEFAULT-VALUE}.")
    private @Nullable Duration timeout;

    SandboxForkCommand(CliContext context) {
        this.context = context;
        this.client = new ClientOptions(context);
    }

    @Override
    public Integer call() {
        int code = ExitCode.OK;
        try (SandboxApi api = client.connect()) {
            JsonNode results = api.fork(id, count, timeout);
            if (client.json()) {
                context.out().println(results);
            }
            for (JsonNode result : results) {
                if (result.has("error")) {
                    context.err()
                            .println("sandgate: " + Table.printable(result.path("error").path("message").asText()));
                    code = ExitCode.FAILED;
                } else if (!client.json()) {
                    context.out().println(Table.printable(result.path("sandbox").path("sandboxID").asText()));
                }
            }
        }
        return code;
    }
}
