package io.sandgate.api.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.sandgate.gateway.connection.ClientKey;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `routes`.
@Command(name = "routes", mixinStandardHelpOptions = true, sortOptions = false, description = "Shows the routes that one replica knows: which sandbox is where, and who says so.", footerHeading = "%nExamples:%n", footer = {
        "  sandgate routes --admin-url http://127.0.0.1:9091",
        "  sandgate routes --json | wc -l        one JSON object a line"})
final class RoutesCommand implements Callable<Integer> {

    /// Rows that are laid out together: a table of a million routes must not wait for its last row.
    private static final int BLOCK = 1000;

    private final CliContext context;

    @Mixin
    private final AdminOptions admin;

    @Parameters(arity = "0..1", paramLabel = "ID", description = "Only the route of this sandbox.")
    private @Nullable String id;

    RoutesCommand(CliContext context) {
        this.context = context;
        this.admin = new AdminOptions(context);
    }

    @Override
    public Integer call() {
        String path = id == null ? "/routes" : "/routes/" + URLEncoder.encode(id, StandardCharsets.UTF_8);
        try (HttpCaller caller = admin.connect(); Stream<String> lines = caller.lines(path)) {
            print(lines.filter(line -> !line.isBlank()).filter(line -> admin.json() || !isClient(line)).iterator());
        } catch (UncheckedIOException e) {
            throw new CliException(ExitCode.UNREACHABLE, "the list of routes broke off before its end", e);
        }
        return context.out().checkError() ? ExitCode.UNREAD : ExitCode.OK;
    }

    private void print(Iterator<String> lines) {
        PrintWriter out = context.out();
        if (!lines.hasNext() && !admin.json()) {
            out.println("No routes. Each sandbox has one, from its creation on.");
        }
        while (lines.hasNext() && !out.checkError()) {
            if (admin.json()) {
                out.println(lines.next());
            } else {
                block(lines).print(out);
            }
        }
    }

    /// A connection of a client is a row of the same table, and no route that people look for.
    private static boolean isClient(String line) {
        return text(parse(line), "namespace").equals(ClientKey.NAMESPACE);
    }

    private Table block(Iterator<String> lines) {
        Table table = new Table(context.terminal(), "ID", "NAMESPACE", "NAME", "STATE", "IP", "OWNER", "AUTHORITY",
                "VERSION");
        for (int row = 0; row < BLOCK && lines.hasNext(); row++) {
            JsonNode route = parse(lines.next());
            table.row(text(route, "id"), text(route, "namespace"), text(route, "name"), text(route, "state"),
                    text(route, "ip"), text(route, "owner"), text(route, "authority"),
                    text(route, "resourceVersion"));
        }
        return table;
    }

    private static JsonNode parse(String line) {
        try {
            return HttpCaller.JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new CliException(ExitCode.FAILED, "not a route: " + Table.printable(line)
                    + " (expected: JSON; is this the admin listener of a Sandgate replica?)", e);
        }
    }

    private static String text(JsonNode route, String field) {
        return route.path(field).asText("");
    }
}
