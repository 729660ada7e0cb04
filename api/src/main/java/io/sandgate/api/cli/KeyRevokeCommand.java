package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `key revoke`.
@Command(name = "revoke", mixinStandardHelpOptions = true, sortOptions = false, description = "Revokes an API key for ever. Its sandboxes stay.")
final class KeyRevokeCommand implements Callable<Integer> {

    private final CliContext context;

    @Mixin
    private final ClientOptions client;

    @Parameters(paramLabel = "ID|NAME", description = "Its id, or its name if no other key has that.")
    private String which = "";

    KeyRevokeCommand(CliContext context) {
        this.context = context;
        this.client = new ClientOptions(context);
    }

    @Override
    public Integer call() {
        try (KeyApi api = client.connectForKeys()) {
            String id = find(api.list());
            api.revoke(id);
            if (client.json()) {
                context.out().println(HttpCaller.JSON.createObjectNode().put("id", id).put("result", "revoked"));
            } else {
                context.out().println(Table.printable(id) + " revoked");
            }
        }
        return ExitCode.OK;
    }

    private String find(List<JsonNode> keys) {
        if (keys.stream().anyMatch(key -> key.path("id").asText().equals(which))) {
            return which;
        }
        List<JsonNode> named = keys.stream().filter(key -> key.path("name").asText().equals(which)).toList();
        if (named.isEmpty()) {
            throw new CliException(ExitCode.NOT_FOUND, "no key has the id or name " + Table.printable(which)
                    + " (see 'sandgate key list')");
        }
        if (named.size() > 1) {
            throw new CliException(ExitCode.USAGE, "several keys are called " + Table.printable(which)
                    + " (give the id of one: " + named.stream().map(key -> Table.printable(key.path("id").asText()))
                            .collect(Collectors.joining(", "))
                    + ")");
        }
        return named.getFirst().path("id").asText();
    }
}
