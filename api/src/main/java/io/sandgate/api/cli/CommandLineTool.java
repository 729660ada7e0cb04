package io.sandgate.api.cli;

import java.util.Optional;

/// The command line of `sandgate`.
public final class CommandLineTool {

    private final CliContext context;

    public CommandLineTool(CliContext context) {
        this.context = context;
    }

    /// Runs the command that the arguments name.
    ///
    /// @return the exit code
    public int run(String... args) {
        Optional<ServeCommand> serve = PlainServe.of(context, args);
        int code = serve.isPresent() ? serve(serve.get()) : new Commands(context).execute(args);
        context.out().flush();
        context.err().flush();
        return code;
    }

    private int serve(ServeCommand command) {
        try {
            return command.call();
        } catch (RuntimeException e) {
            return Failures.tell(context, e, false);
        }
    }
}
