package io.sandgate.api.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `sandgate key` without a command: its help.
@Command(name = "key", mixinStandardHelpOptions = true, description = "Makes, lists and revokes API keys; what it does holds on every replica.", synopsisSubcommandLabel = "COMMAND", commandListHeading = "%nCommands:%n", optionListHeading = "%nOptions:%n", footerHeading = "%nWho may do that:%n", footer = {
        "  A key from sandgate.api.keys, or the one that a local replica made: everything, for all teams.",
        "  A key that was made with --admin: make and revoke keys of its team, within its own quota.",
        "  Any other key: list the keys of its team."})
final class KeyCommand implements Runnable {

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "a command is missing");
        }
    }
}
