package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sandbox connect`.
@Command(name = "connect", mixinStandardHelpOptions = true, sortOptions = false, description = "Makes sure that a sandbox runs, and shows how to reach it: resumes it when it is paused, and"
        + " moves its deadline when it runs, but never nearer.")
final class SandboxConnectCommand implements Callable<Integer> {

    private final CliContext context;

    @Mixin
    private final ClientOptions client;

    @Parameters(paramLabel = "ID", description = "The sandbox.")
    private String id = "";

    @Option(names = "--port", paramLabel = "PORT", description = "The port to show the address of.")
    private @Nullable Integer port;

    @Option(names = "--timeout", paramLabel = "DURATION", description = "How long it lives from now, such as 10m.")
    private @Nullable Duration timeout;

    SandboxConnectCommand(CliContext context) {
        this.context = context;
        this.client = new ClientOptions(context);
    }

    @Override
    public Integer call() {
        try (SandboxApi api = client.connect()) {
            HttpCaller.Reply reply = api.connect(id, timeout, true);
            JsonNode sandbox = reply.body();
            if (client.json()) {
                context.out().println(sandbox);
            } else {
                context.out().println(id + (reply.status() == 201 ? " resumed" : " is running"));
                context.out().println("Reach it at " + SandboxAddress.of(api.base(), sandbox.path("domain").asText(""),
                        id, port == null ? "<port>" : port.toString()));
            }
        }
        return ExitCode.OK;
    }
}
