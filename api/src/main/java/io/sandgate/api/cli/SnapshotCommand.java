package io.sandgate.api.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `sandgate snapshot` without a command: its help.
@Command(name = "snapshot", mixinStandardHelpOptions = true, description = "Works with snapshots: copies of sandboxes' disks, to make sandboxes from.", synopsisSubcommandLabel = "COMMAND", commandListHeading = "%nCommands:%n", optionListHeading = "%nOptions:%n", footerHeading = "%nExamples:%n", footer = {
        "  sandgate snapshot create $id --name with-tools",
        "  sandgate sandbox create with-tools",
        "  sandgate snapshot delete with-tools"})
final class SnapshotCommand implements Runnable {

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "a command is missing");
        }
    }
}
