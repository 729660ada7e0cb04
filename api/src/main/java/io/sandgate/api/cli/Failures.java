package io.sandgate.api.cli;

import io.sandgate.api.settings.SettingsException;

/// How a command's failure becomes one line on standard error and an exit code.
final class Failures {

    private Failures() {}

    /// Says what failed.
    ///
    /// @param trace whether to print the stack trace too
    /// @return the exit code
    static int tell(CliContext context, Exception failure, boolean trace) {
        boolean forUsers = failure instanceof CliException || failure instanceof SettingsException;
        context.err().println("sandgate: " + (forUsers ? failure.getMessage() : oneLine(failure)));
        if (trace) {
            failure.printStackTrace(context.err());
        }
        return exitCodeOf(failure);
    }

    static int exitCodeOf(Throwable failure) {
        return switch (failure) {
            case CliException known -> known.exitCode();
            case SettingsException _ -> ExitCode.USAGE;
            default -> ExitCode.FAILED;
        };
    }

    /// The messages of the exception and its causes, each once, in one line.
    static String oneLine(Throwable failure) {
        StringBuilder line = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            String text = message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
            String first = text.replaceAll("\\s*\\R\\s*", "; ");
            if (line.indexOf(first) < 0) {
                line.append(line.isEmpty() ? "" : ": ").append(first);
            }
        }
        return line.toString();
    }
}
