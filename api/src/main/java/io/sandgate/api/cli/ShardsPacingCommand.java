package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `shards pacing`.
@Command(name = "pacing", mixinStandardHelpOptions = true, sortOptions = false, description = "Shows how many sessions may still begin, and which shards wait for one.", footerHeading = "%nColumns:%n", footer = {
        "  KEY       number of a shard modulo the concurrency that the upstream allows",
        "  WAITING   shards that wait for a permit",
        "  OPENS IN  until the next one may have it",
        "  HOLDER    the replica that has the permit now, for SHARD"})
final class ShardsPacingCommand implements Callable<Integer> {

    private final CliContext context;

    @Mixin
    private final AdminOptions admin;

    @Option(names = "--all", description = "All keys, also those for which no shard waits.")
    private boolean all;

    ShardsPacingCommand(CliContext context) {
        this.context = context;
        this.admin = new AdminOptions(context);
    }

    @Override
    public Integer call() {
        try (HttpCaller caller = admin.connect()) {
            JsonNode pacing = caller.call("GET", "/pacing", null).body();
            if (admin.json()) {
                context.out().println(pacing);
            } else if (pacing.isEmpty()) {
                context.out().println("Not known: no replica that answered leads.");
            } else {
                head(pacing);
                table(pacing.path("keys"));
            }
        }
        return ExitCode.OK;
    }

    private void head(JsonNode pacing) {
        PrintWriter out = context.out();
        if (pacing.has("startsLeft")) {
            out.println("starts left: " + pacing.path("startsLeft").asLong() + " of "
                    + pacing.path("startsTotal").asLong() + ", all again in " + duration(pacing.path("resetInMs")));
            out.println("reserve: " + pacing.path("reserve").asLong() + " of those left, for shards without a session");
        } else {
            out.println("starts left: not known yet, the upstream has not told");
        }
        out.println("margin: " + duration(pacing.path("marginMs")));
        List<String> capped = new ArrayList<>();
        pacing.path("capped").forEach(shard -> capped.add(shard.path(0).asText()));
        if (!capped.isEmpty()) {
            out.println("began too often in 24 hours, and wait: " + Table.printable(String.join(", ", capped)));
        }
    }

    private void table(JsonNode keys) {
        Table table = new Table(context.terminal(), "KEY", "WAITING", "OPENS IN", "HOLDER", "SHARD");
        boolean any = false;
        for (JsonNode key : keys) {
            if (all || key.path("waiting").asInt() > 0) {
                any = true;
                table.row(key.path("key").asText(), key.path("waiting").asText(),
                        key.path("opensInMs").asLong() == 0 ? "now" : duration(key.path("opensInMs")),
                        key.path("holder").asText(""), key.path("shard").asText(""));
            }
        }
        if (any) {
            table.print(context.out());
        } else {
            context.out().println("No shard waits for a permit.");
        }
    }

    private static String duration(JsonNode millis) {
        return Ages.finely(Duration.ofMillis(millis.asLong()));
    }
}
