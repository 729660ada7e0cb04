package io.sandgate.api.cli;

import io.sandgate.api.settings.ApiKey;
import io.sandgate.api.settings.ApiKeyFile;
import io.sandgate.api.settings.ApiKeys;
import io.sandgate.api.settings.Settings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `serve`: one replica in the foreground.
@Command(name = "serve", mixinStandardHelpOptions = true, sortOptions = false, description = {
        "Runs one replica in the foreground until SIGTERM or Ctrl-C.",
        "",
        "Prints its addresses when it is ready; its log goes to standard error. A stop goes on to accept for"
                + " sandgate.replica.drain-delay, lets open requests end for sandgate.replica.drain-timeout, and leaves the sandboxes running for the next start"
                + " unless sandgate.sandbox.stop-on-exit is set. The exit code of a clean stop is 0, after"
                + " Ctrl-C as well."}, footerHeading = "%nExamples:%n", footer = {"  sandgate serve",
                        "  sandgate serve --config sandgate.yaml --set log.format=json",
                        "  SANDGATE_PUBLIC_PORT=8090 sandgate serve"})
final class ServeCommand implements Callable<Integer> {

    /// For what is left when the replica's own time to stop is over.
    private static final Duration STOP_MARGIN = Duration.ofSeconds(2);

    private final CliContext context;

    @Mixin
    private final SettingOptions options;

    @Option(names = "--stop-with-parent", hidden = true, description = "Stop when standard input ends, because the process that wrote to it is gone.")
    private boolean stopWithParent;

    ServeCommand(CliContext context) {
        this.context = context;
        this.options = new SettingOptions(context);
    }

    ServeCommand(CliContext context, @Nullable Path config, List<String> assignments, boolean stopWithParent) {
        this.context = context;
        this.options = new SettingOptions(context, config, assignments);
        this.stopWithParent = stopWithParent;
    }

    @Override
    public Integer call() {
        Settings settings = Settings.load(options.sources());
        PortCheck.require(needs(settings), "--set area.name=value");
        DataDirectory.prepare(settings.replica().dataDirectory(), "sandgate.data.dir");
        List<ApiKey> configured = settings.api().keys();
        ApiKeyFile file = ApiKeyFile.in(settings.replica().dataDirectory());
        List<ApiKey> keys = configured;
        boolean created = false;
        if (configured.isEmpty()) {
            ApiKeyFile.Kept kept = file.readOrCreate(context.random());
            keys = List.of(kept.key());
            created = kept.created();
        }
        Logging.configure(settings.log());
        context.stop().onSignals(settings.replica().stopTimeout().plus(STOP_MARGIN));
        if (stopWithParent) {
            context.stop().onEndOf(context.in());
        }
        ApiKeys accepted = ApiKeys.of(keys);
        Optional<RunningReplica> started = context.stop()
                .unlessRequested(() -> context.starter().start(settings, accepted));
        if (started.isEmpty()) {
            return ExitCode.OK;
        }
        try (RunningReplica replica = started.get()) {
            printReady(settings, replica);
            if (created) {
                context.out().println("  API key  " + keys.getFirst().key().value() + " (made now, kept in "
                        + file.path() + ")");
            } else if (configured.isEmpty()) {
                context.out().println("  API key  in " + file.path());
            }
            context.out().flush();
            context.stop().await();
        }
        return ExitCode.OK;
    }

    private void printReady(Settings settings, RunningReplica replica) {
        PrintWriter out = context.out();
        out.println("Replica " + settings.replica().id() + " is ready.");
        out.println("  public   " + replica.publicUrl() + " (E2B_API_URL)");
        out.println("  admin    http://" + replica.adminEndpoint());
        out.println("  peers    " + replica.peerEndpoint());
    }

    private static List<PortCheck.Need> needs(Settings settings) {
        return List.of(
                new PortCheck.Need(settings.publicListener().host(), settings.publicListener().port(),
                        "public listener", "sandgate.public.port"),
                new PortCheck.Need(settings.peer().host(), settings.peer().port(), "peer listener",
                        "sandgate.peer.port"),
                new PortCheck.Need(settings.admin().host(), settings.admin().port(), "admin listener",
                        "sandgate.admin.port"),
                new PortCheck.Need(settings.cluster().host(), settings.cluster().port(), "cluster listener",
                        "sandgate.cluster.port"));
    }
}
