package io.sandgate.api.cli;

import io.sandgate.api.settings.ApiKey;
import io.sandgate.api.settings.ApiKeyFile;
import io.sandgate.api.settings.EffectiveSetting;
import io.sandgate.api.settings.Settings;
import io.sandgate.api.settings.SettingsException;
import io.sandgate.api.settings.TokenSeed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `up`: several replicas on this machine, each a process of its own.
@Command(name = "up", mixinStandardHelpOptions = true, sortOptions = false, description = {
        "Runs a cluster on this machine until Ctrl-C: replica-1, replica-2, ... with the public ports"
                + " 8080, 8081, ..., and prints how to use it.",
        "",
        "Ports come from the settings: the first replica takes sandgate.public.port and so on, each further"
                + " one the next port. All replicas share one API key, which a later 'up' uses again."}, footerHeading = "%nExamples:%n", footer = {
                        "  sandgate up --replicas 3",
                        "  sandgate up --replicas 3 --port-offset 1000 --data ./data-b    a second cluster beside it",
                        "  sandgate up --set sandbox.max-timeout=48h"})
final class UpCommand implements Callable<Integer> {

    private static final Duration STOP_MARGIN = Duration.ofSeconds(4);
    private static final String KEYS_VARIABLE = "SANDGATE_API_KEYS";
    private static final String SEED_VARIABLE = "SANDGATE_SANDBOX_TOKEN_SEED";
    /// Settings that differ between the replicas.
    private static final Set<String> OWN = Set.of("sandgate.replica.id", "sandgate.data.dir",
            "sandgate.cluster.members", "sandgate.peer.advertise");

    private final CliContext context;

    @Option(names = "--replicas", paramLabel = "N", defaultValue = "1", description = "How many, 1-10. Default: ${DEFAULT-VALUE}.")
    private int replicas = 1;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = "data", description = "Where they keep their data, each in a directory of its own. Default: ${DEFAULT-VALUE}")
    private Path data = Path.of("data");

    @Option(names = "--port-offset", paramLabel = "N", defaultValue = "0", description = "Added to every port. Default: ${DEFAULT-VALUE}.")
    private int portOffset;

    @Option(names = "--timeout", paramLabel = "DURATION", defaultValue = "90s", description = "How long they may take until all are ready. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = Duration.ofSeconds(90);

    @Mixin
    private final SettingOptions options;

    UpCommand(CliContext context) {
        this.context = context;
        this.options = new SettingOptions(context);
    }

    @Override
    public Integer call() {
        require(replicas >= 1 && replicas <= 10, "--replicas: " + replicas + " (expected: 1-10)");
        require(portOffset >= 0, "--port-offset: " + portOffset + " (expected: 0 or more)");
        Settings.Explained explained = Settings.explain(options.sources());
        explained.effective().forEach(UpCommand::requireShared);
        Settings settings = explained.settings();
        List<LocalReplica> plan = LocalReplica.plan(settings, replicas, portOffset, data);
        PortCheck.require(plan.stream().flatMap(replica -> replica.needs().stream()).toList(),
                "--port-offset N, or --set area.port=N");
        DataDirectory.prepare(context.directory().resolve(data), "--data");
        Map<String, String> environment = new HashMap<>(context.environment());
        ApiKey key;
        String keySource;
        if (settings.api().keys().isEmpty()) {
            ApiKeyFile file = ApiKeyFile.in(context.directory().resolve(data));
            key = file.readOrCreate(context.random()).key();
            environment.put(KEYS_VARIABLE, key.reveal());
            keySource = data.resolve(ApiKeyFile.FILE_NAME).toString();
        } else {
            key = settings.api().keys().getFirst();
            keySource = "sandgate.api.keys under the name " + key.name();
        }
        if (settings.sandboxes().tokenSeed().isEmpty() && settings.cluster().secret().isEmpty()) {
            environment.put(SEED_VARIABLE, TokenSeed.in(context.directory().resolve(data), context.random()));
        }
        Duration stopTimeout = settings.replica().stopTimeout().plus(STOP_MARGIN);
        context.stop().onSignals(stopTimeout.plusSeconds(2));
        UpGuide guide = new UpGuide(plan, settings.publicListener().scheme(), settings.publicListener().domain(),
                key.key().value(), keySource);
        run(plan, environment, stopTimeout, guide);
        context.out().println("Stopped.");
        return ExitCode.OK;
    }

    private void run(List<LocalReplica> plan, Map<String, String> environment, Duration stopTimeout, UpGuide guide) {
        try (LocalCluster cluster = new LocalCluster(context, stopTimeout)) {
            context.out().println("Starting " + plan.size() + (plan.size() == 1 ? " replica:" : " replicas:"));
            cluster.start(plan, options.asArguments(), environment);
            if (cluster.awaitReady(timeout)) {
                guide.print(context.out());
                cluster.watch();
            }
            context.out().println("Stopping ...");
            context.out().flush();
        }
    }

    private static void requireShared(EffectiveSetting setting) {
        if (OWN.contains(setting.name()) && !setting.isDefault()) {
            throw new SettingsException(setting.name() + ": " + setting.value() + " (expected: not set, because 'up'"
                    + " sets it for each replica, with --data for the directories; from " + setting.source() + ")");
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new CliException(ExitCode.USAGE, message);
        }
    }
}
