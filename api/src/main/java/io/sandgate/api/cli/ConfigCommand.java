package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.sandgate.api.settings.EffectiveSetting;
import io.sandgate.api.settings.Settings;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `config`.
@Command(name = "config", mixinStandardHelpOptions = true, sortOptions = false, description = "Checks the settings and prints each with its value, default, source and meaning."
        + " Secrets are never printed.", footerHeading = "%nSources, later ones winning:%n", footer = {
                "  --config FILE                YAML: 'public: {port: 8090}' or 'public.port: 8090'",
                "  SANDGATE_PUBLIC_PORT=8090    the environment",
                "  --set public.port=8090       the command line"})
final class ConfigCommand implements Callable<Integer> {

    private final CliContext context;

    @Mixin
    private final SettingOptions settings;

    @Option(names = "--changed", description = "Only those that are not left at their default.")
    private boolean changed;

    @Option(names = "--json", description = "Print JSON for programs.")
    private boolean json;

    ConfigCommand(CliContext context) {
        this.context = context;
        this.settings = new SettingOptions(context);
    }

    @Override
    public Integer call() {
        List<EffectiveSetting> shown = Settings.explain(settings.sources()).effective().stream()
                .filter(setting -> !changed || !setting.isDefault()).toList();
        if (json) {
            context.out().println(json(shown));
        } else {
            shown.forEach(this::print);
        }
        return ExitCode.OK;
    }

    private void print(EffectiveSetting setting) {
        PrintWriter out = context.out();
        String value = setting.value().isEmpty() ? "(none)" : Table.printable(setting.value());
        String source = setting.isDefault()
                ? "default"
                : "from " + setting.source() + "; default: "
                        + (setting.defaultWords().isEmpty() ? "none" : setting.defaultWords());
        out.println(bold(setting.name() + " = " + value, !setting.isDefault()) + "  [" + source + "]");
        out.println("    " + setting.meaning() + " Allowed: " + setting.allowed() + ".");
    }

    private String bold(String text, boolean wanted) {
        return wanted && context.terminal() ? "\033[1m" + text + "\033[0m" : text;
    }

    private static ArrayNode json(List<EffectiveSetting> shown) {
        ArrayNode array = HttpCaller.JSON.createArrayNode();
        for (EffectiveSetting setting : shown) {
            array.addObject().put("name", setting.name()).put("value", setting.value())
                    .put("default", setting.defaultWords()).put("source", setting.source())
                    .put("allowed", setting.allowed()).put("meaning", setting.meaning());
        }
        return array;
    }
}
