package io.sandgate.api.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `watch`.
@Command(name = "watch", mixinStandardHelpOptions = true, sortOptions = false, description = {
        "Prints what happens to sandboxes, routes, members, shards and clients, a line for each event, as one replica hears it.",
        "",
        "Follows the admin listener, which tells everything; with --public, --url or --api-key the public one, which tells"
                + " what belongs to the key's team. Goes on by itself after a break, from where it was. Ctrl-C ends it and"
                + " prints that place on standard error, for --after."}, footerHeading = "%nExamples:%n", footer = {
                        "  sandgate watch                            what happens from now on",
                        "  sandgate watch --snapshot --until-live    what there is now",
                        "  sandgate watch --kind sandbox,member.left --owner team-a",
                        "  sandgate watch --oldest --json            all that is still kept, for programs"})
final class WatchCommand implements Callable<Integer> {

    /// For the last line after a signal.
    private static final Duration STOP_BOUND = Duration.ofSeconds(3);

    private final CliContext context;

    @Mixin
    private final AdminAddress admin;

    @Mixin
    private final ClientAddress client;

    @Option(names = "--public", description = "Follow the public listener, as an API key.")
    private boolean isPublic;

    @Option(names = "--json", description = "Print each event as the JSON that it came as.")
    private boolean json;

    @Option(names = "--after", paramLabel = "CURSOR", description = "Begin behind this place, as an earlier watch printed it.")
    private @Nullable String after;

    @Option(names = "--oldest", description = "Begin with the oldest event that is kept.")
    private boolean oldest;

    @Option(names = "--snapshot", description = "Begin with what there is now: the newest event of each thing.")
    private boolean snapshot;

    @Option(names = "--kind", paramLabel = "KIND", split = ",", description = "Only of these kinds, such as sandbox.killed, or areas, such as sandbox.")
    private final List<String> kinds = new ArrayList<>();

    @Option(names = "--sandbox", paramLabel = "ID", split = ",", description = "Only about these sandboxes.")
    private final List<String> sandboxes = new ArrayList<>();

    @Option(names = "--owner", paramLabel = "TEAM", split = ",", description = "Only what belongs to these teams.")
    private final List<String> owners = new ArrayList<>();

    @Option(names = "--metadata", paramLabel = "KEY=VALUE", description = "Only about sandboxes with this metadata; may be given several times, and then all must match.")
    private final Map<String, String> metadata = new LinkedHashMap<>();

    @Option(names = "--until-live", description = "End when all that happened so far has been printed.")
    private boolean untilLive;

    @Option(names = "--count", paramLabel = "N", description = "End after N events.")
    private @Nullable Long count;

    WatchCommand(CliContext context) {
        this.context = context;
        this.admin = new AdminAddress(context);
        this.client = new ClientAddress(context);
    }

    @Override
    public Integer call() {
        requireOneStart();
        if (count != null && count < 1) {
            throw new CliException(ExitCode.USAGE, "--count: " + count + " (expected: 1 or more)");
        }
        String start = oldest ? "oldest" : after;
        long most = count == null ? Long.MAX_VALUE : count;
        context.stop().onSignals(STOP_BOUND);
        try (HttpCaller caller = isPublic || client.isGiven() ? client.connect() : admin.connect()) {
            Watch watch = new Watch(context, caller, filters(), new Watch.Extent(untilLive, most), this::print);
            Optional<String> done = context.stop().unlessRequested(() -> watch.follow(start, snapshot));
            if (done.isEmpty()) {
                watch.cursor().ifPresent(place -> context.err().println("sandgate: go on with --after " + place));
            }
        }
        return context.out().checkError() ? ExitCode.UNREAD : ExitCode.OK;
    }

    private void requireOneStart() {
        int starts = (after == null ? 0 : 1) + (oldest ? 1 : 0) + (snapshot ? 1 : 0);
        if (starts > 1) {
            throw new CliException(ExitCode.USAGE,
                    "more than one start is given (expected: one of --after, --oldest and --snapshot)");
        }
    }

    private boolean print(String event) {
        context.out().println(json ? event : EventText.of(event));
        // which flushes
        return !context.out().checkError();
    }

    /// The parameters of the call but for its start, each with an ampersand before it.
    private String filters() {
        StringBuilder query = new StringBuilder();
        list(query, "kind", kinds);
        list(query, "sandbox", sandboxes);
        list(query, "owner", owners);
        if (!metadata.isEmpty()) {
            List<String> pairs = new ArrayList<>();
            metadata.forEach((key, value) -> pairs.add(HttpCaller.encode(key) + "=" + HttpCaller.encode(value)));
            query.append("&metadata=").append(HttpCaller.encode(String.join("&", pairs)));
        }
        return query.toString();
    }

    private static void list(StringBuilder query, String name, List<String> values) {
        if (!values.isEmpty()) {
            query.append('&').append(name).append('=').append(HttpCaller.encode(String.join(",", values)));
        }
    }
}
