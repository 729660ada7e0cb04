package io.sandgate.api.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// The world around a command.
///
/// @param in the standard input
/// @param out for what was asked for
/// @param err for what went wrong
/// @param terminal whether a person sees the output as it comes, so that colours and moving text help
/// @param environment the variables
/// @param directory what relative paths start at, absolute
/// @param clock the time of day, for ages
/// @param nanoTime monotonic time, for deadlines
/// @param random for secrets
/// @param hostName of this machine
/// @param program the command that starts this program again, without its arguments
/// @param starter starts a replica in this process
/// @param stop the wish that this process stops
public record CliContext(InputStream in, PrintWriter out, PrintWriter err, boolean terminal,
        Map<String, String> environment, Path directory, InstantSource clock, LongSupplier nanoTime,
        RandomGenerator random, Supplier<String> hostName, Supplier<List<String>> program, ReplicaStarter starter,
        StopRequest stop) {

    public CliContext {
        environment = Map.copyOf(environment);
    }

    /// The variable, when it is set and not empty.
    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(text -> !text.isBlank());
    }
}
