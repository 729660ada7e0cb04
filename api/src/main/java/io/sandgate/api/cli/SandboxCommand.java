package io.sandgate.api.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `sandgate sandbox` without a command: its help.
@Command(name = "sandbox", mixinStandardHelpOptions = true, description = "Works with sandboxes, on any replica.", synopsisSubcommandLabel = "COMMAND", commandListHeading = "%nCommands:%n", optionListHeading = "%nOptions:%n", footerHeading = "%nA sandbox's life:%n", footer = {
        "  create -> running -> pause -> paused -> resume -> running -> kill",
        "  fork makes more of its kind, and so does create with a snapshot of it (see sandgate snapshot).",
        "  A running sandbox lives until its deadline; extend and resume move it. A paused one has none.",
        "",
        "  id=$(sandgate sandbox create web --json | sed 's/.*\"sandboxID\":\"\\([^\"]*\\)\".*/\\1/')",
        "  curl http://8000-$id.localhost:8080/",
        "  sandgate sandbox extend $id 1h",
        "  sandgate sandbox kill $id"})
final class SandboxCommand implements Runnable {

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "a command is missing");
        }
    }
}
