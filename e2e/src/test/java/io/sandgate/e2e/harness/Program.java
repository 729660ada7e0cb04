package io.sandgate.e2e.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The packaged program: the jar that the build left, run by the Java that runs the tests.
public final class Program {

    private Program() {}

    /// The root of the source tree.
    public static Path root() {
        return required("sandgate.e2e.root");
    }

    /// The packaged program.
    static Path jar() {
        return required("sandgate.e2e.jar");
    }

    /// Where logs of replicas are kept for reading after the tests.
    public static Path logs() {
        return Path.of(System.getProperty("sandgate.e2e.logs", "target/replica-logs")).toAbsolutePath();
    }

    /// What starts it with these arguments.
    public static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(java());
        command.addAll(StartCache.options());
        command.addAll(List.of("-jar", jar().toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /// The Java that runs it, with its options.
    static List<String> java() {
        List<String> java = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                .toString(), "--enable-native-access=ALL-UNNAMED", "-Djava.net.preferIPv4Stack=true"));
        java.addAll(javaOptions());
        return java;
    }

    /// Options of the replicas' Java beside those that they need.
    public static List<String> javaOptions() {
        String options = System.getProperty("sandgate.e2e.java-options", "").strip();
        return options.isEmpty() ? List.of() : List.of(options.split("\\s+"));
    }

    /// A process of these words without a variable of the settings in its environment.
    public static ProcessBuilder process(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet()
                .removeIf(name -> name.startsWith("SANDGATE_") || name.startsWith("E2B_")
                        || name.equals("JAVA_TOOL_OPTIONS"));
        return builder;
    }

    private static Path required(String property) {
        String value = System.getProperty(property);
        if (value == null || !Files.exists(Path.of(value))) {
            throw new IllegalStateException(property + ": " + value
                    + " (expected: a path that exists; the build sets it: mvn -pl e2e -am verify)");
        }
        return Path.of(value).toAbsolutePath().normalize();
    }
}
