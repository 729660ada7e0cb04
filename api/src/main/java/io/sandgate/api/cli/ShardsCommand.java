package io.sandgate.api.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `sandgate shards` without a command: its help.
@Command(name = "shards", mixinStandardHelpOptions = true, description = "Works with the shards that the replicas hold together. Any replica answers for all of them.", synopsisSubcommandLabel = "COMMAND", commandListHeading = "%nCommands:%n", optionListHeading = "%nOptions:%n", footerHeading = "%nExamples:%n", footer = {
        "  sandgate shards list --not-live       what does not work, and why",
        "  sandgate shards get 3                 all that is known of one",
        "  sandgate shards pacing                who waits to begin a session, and how many are left",
        "  sandgate shards restart 3 7           connect two of them anew"})
final class ShardsCommand implements Runnable {

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "a command is missing");
        }
    }
}
