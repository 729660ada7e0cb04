package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `shards get`.
@Command(name = "get", mixinStandardHelpOptions = true, sortOptions = false, description = "Shows all that is known of one shard.")
final class ShardsGetCommand implements Callable<Integer> {

    private final CliContext context;

    @Mixin
    private final AdminOptions admin;

    @Parameters(paramLabel = "NUMBER", description = "The shard, from 0.")
    private String number = "";

    ShardsGetCommand(CliContext context) {
        this.context = context;
        this.admin = new AdminOptions(context);
    }

    @Override
    public Integer call() {
        int wanted = ShardNumber.parse(number);
        try (HttpCaller caller = admin.connect()) {
            JsonNode answer = caller.call("GET", "/shards/" + wanted, null).body();
            if (admin.json()) {
                context.out().println(answer);
            } else {
                print(new ShardText(answer));
            }
        }
        return ExitCode.OK;
    }

    private void print(ShardText shard) {
        line("shard", shard.text("id") + " of " + shard.text("count"));
        line("state", shard.text("state"));
        line("owner", shard.text("owner"));
        if (shard.text("owner").isEmpty()) {
            return;
        }
        line("note", shard.text("note"));
        line("session", shard.session().isEmpty() ? "" : "began " + shard.session());
        line("sequence", shard.sequence());
        line("accepted", shard.sequence().isEmpty() ? "" : shard.text("accepted") + " (" + shard.lag() + " behind)");
        line("waiting", shard.text("waiting") + " events for the sink");
        line("acknowledged", shard.acknowledged());
        line("latency", shard.latency());
        line("sends", shard.text("sends") + " in this window");
        line("failures", shard.text("failures") + " in a row");
        line("attempt", shard.text("attempt"));
        line("epoch", shard.text("epoch"));
    }

    private void line(String key, String value) {
        PrintWriter out = context.out();
        out.println(key + ": " + Table.printable(value));
    }
}
