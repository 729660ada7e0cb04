package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `members`.
@Command(name = "members", mixinStandardHelpOptions = true, sortOptions = false, description = "Shows the replicas of the cluster as one of them sees them.", footerHeading = "%nColumns:%n", footer = {
        "  STATE     what the replica says of itself: joining, ready, draining or unhealthy",
        "  ROUTABLE  whether calls are sent to it",
        "  HEARD     how long ago it was last heard",
        "  ROUTES    how many routes it is the authority of"})
final class MembersCommand implements Callable<Integer> {

    private final CliContext context;

    @Mixin
    private final AdminOptions admin;

    MembersCommand(CliContext context) {
        this.context = context;
        this.admin = new AdminOptions(context);
    }

    @Override
    public Integer call() {
        try (HttpCaller caller = admin.connect()) {
            JsonNode cluster = caller.call("GET", "/cluster", null).body();
            if (admin.json()) {
                context.out().println(cluster);
                return ExitCode.OK;
            }
            String self = cluster.path("self").asText();
            Table table = new Table(context.terminal(), "MEMBER", "STATE", "ROUTABLE", "HEARD", "ROUTES",
                    "INCARNATION", " ");
            for (JsonNode member : cluster.path("members")) {
                String id = member.path("id").asText();
                table.row(id, member.path("state").asText(), member.path("routable").asBoolean() ? "yes" : "no",
                        age(member.path("ageMs")), member.path("routes").asText(),
                        member.path("incarnation").asText(), id.equals(self) ? "(answers)" : " ");
            }
            table.print(context.out());
        }
        return ExitCode.OK;
    }

    private static String age(JsonNode millis) {
        return millis.isNumber() ? Ages.shortly(Duration.ofMillis(millis.asLong())) + " ago" : "";
    }
}
