package io.sandgate.api.cli;

import io.sandgate.api.settings.DurationText;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IExitCodeExceptionMapper;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/// All commands of `sandgate`, as picocli reads them.
final class Commands {

    private final CliContext context;
    private final RootCommand rootCommand = new RootCommand();

    Commands(CliContext context) {
        this.context = context;
    }

    /// Runs the command that the arguments name.
    ///
    /// @return the exit code
    int execute(String... args) {
        return commands(args).execute(args);
    }

    /// With one of the commands alone when the first argument names it: making all takes longer than most of them run.
    private CommandLine commands(String... args) {
        Map<String, Supplier<CommandLine>> known = new LinkedHashMap<>();
        known.put("up", () -> new CommandLine(new UpCommand(context)));
        known.put("serve", () -> new CommandLine(new ServeCommand(context)));
        known.put("rehearse", () -> new CommandLine(new RehearseCommand(context)));
        known.put("sandbox", this::sandbox);
        known.put("snapshot", this::snapshot);
        known.put("key", this::key);
        known.put("routes", () -> new CommandLine(new RoutesCommand(context)));
        known.put("members", () -> new CommandLine(new MembersCommand(context)));
        known.put("shards", this::shards);
        known.put("watch", () -> new CommandLine(new WatchCommand(context)));
        known.put("config", () -> new CommandLine(new ConfigCommand(context)));
        CommandLine root = new CommandLine(rootCommand);
        if (args.length > 0 && known.containsKey(args[0])) {
            known.keySet().retainAll(List.of(args[0]));
        }
        known.forEach((name, command) -> root.addSubcommand(name, command.get()));
        root.registerConverter(Duration.class, Commands::duration);
        root.setOut(context.out());
        root.setErr(context.err());
        root.setUsageHelpAutoWidth(false);
        root.setUsageHelpWidth(100);
        root.setColorScheme(Help.defaultColorScheme(context.terminal() ? Ansi.ON : Ansi.OFF));
        root.setParameterExceptionHandler(this::wrongUsage);
        root.setExecutionExceptionHandler((failure, command, parsed) -> Failures.tell(context, failure,
                rootCommand.debug()));
        IExitCodeExceptionMapper mapper = Failures::exitCodeOf;
        root.setExitCodeExceptionMapper(mapper);
        describeExitCodes(root);
        return root;
    }

    private CommandLine sandbox() {
        CommandLine sandbox = new CommandLine(new SandboxCommand());
        sandbox.addSubcommand(new SandboxCreateCommand(context));
        sandbox.addSubcommand(new SandboxListCommand(context));
        sandbox.addSubcommand(new SandboxGetCommand(context));
        sandbox.addSubcommand(new SandboxPauseCommand(context));
        sandbox.addSubcommand(new SandboxResumeCommand(context));
        sandbox.addSubcommand(new SandboxConnectCommand(context));
        sandbox.addSubcommand(new SandboxExtendCommand(context));
        sandbox.addSubcommand(new SandboxForkCommand(context));
        sandbox.addSubcommand(new SandboxKillCommand(context));
        sandbox.addSubcommand(new SandboxLogsCommand(context));
        return sandbox;
    }

    private CommandLine snapshot() {
        CommandLine snapshot = new CommandLine(new SnapshotCommand());
        snapshot.addSubcommand(new SnapshotCreateCommand(context));
        snapshot.addSubcommand(new SnapshotListCommand(context));
        snapshot.addSubcommand(new SnapshotDeleteCommand(context));
        return snapshot;
    }

    private CommandLine key() {
        CommandLine key = new CommandLine(new KeyCommand());
        key.addSubcommand(new KeyCreateCommand(context));
        key.addSubcommand(new KeyListCommand(context));
        key.addSubcommand(new KeyRevokeCommand(context));
        return key;
    }

    private CommandLine shards() {
        CommandLine shards = new CommandLine(new ShardsCommand());
        shards.addSubcommand(new ShardsListCommand(context));
        shards.addSubcommand(new ShardsGetCommand(context));
        shards.addSubcommand(new ShardsPacingCommand(context));
        shards.addSubcommand(new ShardsRestartCommand(context));
        shards.addSubcommand(new ShardsDisconnectCommand(context));
        shards.addSubcommand(new ShardsConnectCommand(context));
        return shards;
    }

    private static Duration duration(String text) {
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "' (expected: " + DurationText.EXAMPLES + ")");
        }
    }

    /// Every command's help ends with the exit codes, in the same words.
    private static void describeExitCodes(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        Map<String, String> codes = ExitCode.MEANINGS.stream().collect(Collectors.toMap(
                meaning -> meaning.substring(0, meaning.indexOf(':')),
                meaning -> meaning.substring(meaning.indexOf(':') + 1), (a, b) -> a, LinkedHashMap::new));
        spec.usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(codes);
        command.getSubcommands().values().forEach(Commands::describeExitCodes);
    }

    private int wrongUsage(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = context.err();
        err.println("sandgate: " + Failures.oneLine(failure));
        List<String> similar = new ArrayList<>();
        if (failure instanceof CommandLine.UnmatchedArgumentException unmatched) {
            similar.addAll(unmatched.getSuggestions());
        }
        if (!similar.isEmpty()) {
            err.println("Did you mean: " + String.join(", ", similar) + "?");
        }
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }
}
