package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sandbox create`.
@Command(name = "create", mixinStandardHelpOptions = true, sortOptions = false, description = "Creates a sandbox and returns when it is ready and every healthy replica can reach it.", footerHeading = "%nExamples:%n", footer = {
        "  sandgate sandbox create web --timeout 1h --metadata user=ann",
        "  sandgate sandbox create base --env MODE=test --on-timeout pause"})
final class SandboxCreateCommand implements Callable<Integer> {

    /// What the end of the lifetime does.
    enum OnTimeout {
        kill, pause, stop
    }

    private final CliContext context;

    @Mixin
    private final ClientOptions client;

    @Parameters(arity = "0..1", paramLabel = "TEMPLATE", defaultValue = "base", description = "base (nothing runs in it), web (serves its directory on port 8000), one from the"
            + " settings, or a snapshot. Default: ${DEFAULT-VALUE}.")
    private String template = "base";

    @Option(names = "--timeout", paramLabel = "DURATION", description = {"How long it lives, such as 10m.",
            "Default: sandgate.sandbox.default-timeout of the replica"})
    private @Nullable Duration timeout;

    @Option(names = "--on-timeout", paramLabel = "kill|pause|stop", defaultValue = "kill", description = "What happens then: stop is a pause that keeps the disk only. Default: ${DEFAULT-VALUE}.")
    private OnTimeout onTimeout = OnTimeout.kill;

    @Option(names = "--auto-resume", description = "A request for it lets it run again when it is paused.")
    private boolean autoResume;

    @Option(names = "--metadata", paramLabel = "KEY=VALUE", description = "Kept beside the sandbox, and matched by list. May be given many times.")
    private final Map<String, String> metadata = new LinkedHashMap<>();

    @Option(names = "--env", paramLabel = "NAME=VALUE", description = "A variable for its processes. May be given many times.")
    private final Map<String, String> environment = new LinkedHashMap<>();

    SandboxCreateCommand(CliContext context) {
        this.context = context;
        this.client = new ClientOptions(context);
    }

    @Override
    public Integer call() {
        try (SandboxApi api = client.connect()) {
            JsonNode created = api.create(body());
            if (client.json()) {
                context.out().println(created);
            } else {
                print(created, api.base());
            }
        }
        return ExitCode.OK;
    }

    private ObjectNode body() {
        ObjectNode body = HttpCaller.JSON.createObjectNode().put("templateID", template);
        if (timeout != null) {
            body.put("timeout", timeout.plusMillis(999).toSeconds());
        }
        if (onTimeout != OnTimeout.kill) {
            body.put("autoPause", true);
        }
        if (onTimeout == OnTimeout.stop) {
            body.put("autoPauseMemory", false);
        }
        if (autoResume) {
            body.putObject("autoResume").put("enabled", true);
        }
        if (!metadata.isEmpty()) {
            metadata.forEach(body.putObject("metadata")::put);
        }
        if (!environment.isEmpty()) {
            environment.forEach(body.putObject("envVars")::put);
        }
        return body;
    }

    private void print(JsonNode created, URI base) {
        String id = Table.printable(created.path("sandboxID").asText());
        PrintWriter out = context.out();
        out.println("Created " + id + " from " + template + ".");
        boolean web = template.equals("web");
        out.println("Reach it at " + SandboxAddress.of(base, created.path("domain").asText(""), id,
                web ? "8000" : "<port>") + (web ? "" : " once something listens on that port."));
    }
}
