package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `key list`.
@Command(name = "list", aliases = "ls", mixinStandardHelpOptions = true, sortOptions = false, description = {
        "Lists the valid keys of the team, or of all teams for an administrator.",
        "Keys from the settings are not among them."})
final class KeyListCommand implements Callable<Integer> {

    private final CliContext context;

    @Mixin
    private final ClientOptions client;

    KeyListCommand(CliContext context) {
        this.context = context;
        this.client = new ClientOptions(context);
    }

    @Override
    public Integer call() {
        try (KeyApi api = client.connectForKeys()) {
            List<JsonNode> keys = api.list();
            if (client.json()) {
                context.out().println(HttpCaller.JSON.createArrayNode().addAll(keys));
            } else if (keys.isEmpty()) {
                context.out().println("No keys. Make one with 'sandgate key create NAME'.");
            } else {
                print(keys);
            }
        }
        return ExitCode.OK;
    }

    private void print(List<JsonNode> keys) {
        Instant now = context.clock().instant();
        Table table = new Table(context.terminal(), "ID", "NAME", "TEAM", "ADMIN", "KEY", "AGE", "LIMITS");
        for (JsonNode key : keys) {
            JsonNode mask = key.path("mask");
            table.row(key.path("id").asText(), key.path("name").asText(), key.path("teamID").asText(),
                    key.path("admin").asBoolean() ? "yes" : "",
                    mask.path("prefix").asText() + "…" + mask.path("maskedValueSuffix").asText(),
                    Ages.since(key.path("createdAt").asText(), now), limits(key));
        }
        table.print(context.out());
    }

    private static String limits(JsonNode key) {
        StringJoiner limits = new StringJoiner(" ");
        key.path("quota").properties().forEach(limit -> limits.add(limit.getKey() + "=" + limit.getValue().asText()));
        if (key.has("rateLimit")) {
            limits.add("rate=" + key.path("rateLimit").asText());
        }
        return limits.toString();
    }
}
