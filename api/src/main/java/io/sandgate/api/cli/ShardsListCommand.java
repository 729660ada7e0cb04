package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `shards list`.
@Command(name = "list", aliases = "ls", mixinStandardHelpOptions = true, sortOptions = false, description = "Lists the shards on all replicas, and says first what is wrong with all of them.", footerHeading = "%nColumns:%n", footer = {
        "  STATE    live: events flow; unowned: no replica that answered holds it",
        "  SESSION  how long ago the upstream began the session",
        "  SEQ      sequence of the last event that came",
        "  LAG      how far what the sink accepted is behind SEQ",
        "  ACK      how long ago a heartbeat was last acknowledged",
        "  NOTE     why it is not live, or what happened last"})
final class ShardsListCommand implements Callable<Integer> {

    /// The states that a shard can be seen in.
    static final List<String> STATES = List.of("waiting", "dialling", "hello", "queued", "identifying", "resuming",
            "live", "fenced", "handing-over", "refused", "disconnected", "released", "unowned");

    private final CliContext context;

    @Mixin
    private final AdminOptions admin;

    @Option(names = "--not-live", description = "Only those that are not live.")
    private boolean notLive;

    @Option(names = "--state", paramLabel = "STATE", split = ",", description = "Only those in this state, or in one of several parted by commas.")
    private final List<String> states = new ArrayList<>();

    @Option(names = "--owner", paramLabel = "ID", description = "Only those that this replica holds.")
    private @Nullable String owner;

    ShardsListCommand(CliContext context) {
        this.context = context;
        this.admin = new AdminOptions(context);
    }

    @Override
    public Integer call() {
        for (String state : states) {
            if (!STATES.contains(state)) {
                throw new CliException(ExitCode.USAGE, "--state: " + Table.printable(state) + " (expected: "
                        + String.join(", ", STATES) + ")");
            }
        }
        try (HttpCaller caller = admin.connect()) {
            JsonNode cluster = caller.call("GET", "/shards", null).body();
            List<JsonNode> wanted = new ArrayList<>();
            cluster.path("shards").forEach(shard -> {
                if (isWanted(shard)) {
                    wanted.add(shard);
                }
            });
            if (admin.json()) {
                context.out().println(only(wanted, cluster));
            } else {
                head(cluster);
                table(wanted, cluster);
            }
        }
        return ExitCode.OK;
    }

    private boolean isWanted(JsonNode shard) {
        String state = shard.path("state").asText();
        return !(notLive && state.equals("live")) && (states.isEmpty() || states.contains(state))
                && (owner == null || owner.equals(shard.path("owner").asText()));
    }

    private static JsonNode only(List<JsonNode> wanted, JsonNode cluster) {
        if (!(cluster instanceof ObjectNode all) || wanted.size() == cluster.path("shards").size()) {
            return cluster;
        }
        ArrayNode some = HttpCaller.JSON.createArrayNode().addAll(wanted);
        return all.deepCopy().set("shards", some);
    }

    private void head(JsonNode cluster) {
        PrintWriter out = context.out();
        String halted = cluster.path("halted").asText();
        if (!halted.isEmpty()) {
            out.println("HALTED, no shard may connect: " + Table.printable(halted));
            out.println("When that is put right: sandgate shards restart --all");
        }
        String upstream = cluster.path("upstreamError").asText();
        if (!upstream.isEmpty()) {
            out.println("UPSTREAM, no session is begun: " + Table.printable(upstream));
        }
        int next = cluster.path("rescalingTo").asInt();
        if (next > 0) {
            out.println("Rescaling to " + next + " shards, " + cluster.path("cutOver").asInt() + " of "
                    + cluster.path("total").asInt() + " cut over");
        }
        cluster.path("sinks").properties().forEach(sink -> {
            String failing = sink.getValue().path("failing").asText();
            if (!failing.isEmpty()) {
                out.println("SINK of " + Table.printable(sink.getKey()) + " fails ("
                        + Table.printable(sink.getValue().path("kind").asText()) + ", "
                        + sink.getValue().path("waiting").asLong() + " events wait): " + Table.printable(failing));
            }
        });
        List<String> silent = new ArrayList<>();
        cluster.path("silent").forEach(replica -> silent.add(Table.printable(replica.asText())));
        if (!silent.isEmpty()) {
            out.println("NO ANSWER from " + String.join(", ", silent) + ": what they hold is not known here");
        }
        String leader = cluster.path("leader").asText();
        long moving = cluster.path("moving").asLong();
        out.println(cluster.path("total").asLong() + " shards, " + cluster.path("unstable").asLong() + " not live, "
                + (leader.isEmpty() ? "no leader is known" : "led by " + Table.printable(leader))
                + (moving == 0 ? "" : ", " + moving + " on the move"));
    }

    private void table(List<JsonNode> wanted, JsonNode cluster) {
        if (cluster.path("shards").isEmpty()) {
            context.out().println("It is not known yet how many there are.");
            return;
        }
        if (wanted.isEmpty()) {
            context.out().println("None of them is wanted by the options.");
            return;
        }
        Table table = new Table(context.terminal(), "SHARD", "STATE", "OWNER", "SESSION", "SEQ", "LAG", "ACK", "NOTE");
        for (JsonNode each : wanted) {
            ShardText shard = new ShardText(each);
            table.row(shard.text("id"), shard.text("state"), shard.text("owner"), shard.session(), shard.sequence(),
                    shard.lag(), shard.acknowledged(), shard.text("note"));
        }
        table.print(context.out());
    }
}
