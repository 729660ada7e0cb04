package io.sandgate.api.cli;

import io.sandgate.api.settings.SettingSources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that give settings.
final class SettingOptions {

    private final CliContext context;

    @Option(names = "--config", paramLabel = "FILE", description = "A YAML file of settings (or SANDGATE_CONFIG). The environment and --set win over it.")
    private @Nullable Path config;

    @Option(names = "--set", paramLabel = "AREA.NAME=VALUE", description = "One setting, such as --set public.port=8090. May be given many times.")
    private final List<String> assignments = new ArrayList<>();

    SettingOptions(CliContext context) {
        this.context = context;
    }

    SettingOptions(CliContext context, @Nullable Path config, List<String> assignments) {
        this.context = context;
        this.config = config;
        this.assignments.addAll(assignments);
    }

    SettingSources sources() {
        return new SettingSources(file(), context.environment(), assignments, context.hostName());
    }

    /// The same settings as arguments for another process with the same environment.
    List<String> asArguments() {
        List<String> arguments = new ArrayList<>();
        if (config != null) {
            arguments.add("--config=" + config);
        }
        assignments.forEach(assignment -> arguments.add("--set=" + assignment));
        return arguments;
    }

    private @Nullable Path file() {
        if (config != null) {
            return config;
        }
        return context.variable("SANDGATE_CONFIG").map(Path::of).orElse(null);
    }
}
