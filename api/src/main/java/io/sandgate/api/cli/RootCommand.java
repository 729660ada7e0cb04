package io.sandgate.api.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `sandgate` without a command: its help.
@Command(name = "sandgate", mixinStandardHelpOptions = true, versionProvider = RootCommand.Version.class, description = {
        "Every sandbox reachable through every replica.",
        "",
        "Runs replicas of Sandgate, and works with the sandboxes of running ones."}, synopsisSubcommandLabel = "COMMAND", commandListHeading = "%nCommands:%n", optionListHeading = "%nOptions:%n", footerHeading = "%nExamples:%n", footer = {
                "  sandgate up --replicas 3              three replicas on this machine",
                "  sandgate sandbox create web           a sandbox that serves HTTP on port 8000",
                "  sandgate sandbox list                 what runs, on all replicas",
                "  sandgate sandbox --help               all that can be done with sandboxes",
                "  sandgate snapshot create $id          a copy of its disk, to make sandboxes from",
                "  sandgate key create ci --max-sandboxes 5   an API key with a quota",
                "  sandgate shards list                  the shards that the replicas hold together",
                "  sandgate watch --snapshot             what there is, and then what happens",
                "  sandgate config                       every setting, its value and meaning",
                "",
                "Client commands call http://127.0.0.1:8080 unless --url or E2B_API_URL says otherwise."})
final class RootCommand implements Runnable {

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Print the stack trace of a failure.")
    private boolean debug;

    boolean debug() {
        return debug;
    }

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "a command is missing");
        }
    }

    /// The version of the jar that this runs from.
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Optional.ofNullable(RootCommand.class.getPackage().getImplementationVersion())
                    .orElse("(not from a jar)");
            return new String[]{"sandgate " + version + ", Java " + Runtime.version()};
        }
    }
}
