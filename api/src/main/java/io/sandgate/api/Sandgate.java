package io.sandgate.api;

import io.sandgate.api.cli.CliContext;
import io.sandgate.api.cli.CommandLineTool;
import io.sandgate.api.cli.StopRequest;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The program: the command line in the real world.
public final class Sandgate {

    private static final Path KERNEL_HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    /// The commands that start a replica in this process.
    private static final Set<String> SERVING = Set.of("serve", "rehearse");

    private Sandgate() {}

    public static void main(String[] args) {
        if (args.length > 0 && SERVING.contains(args[0])) {
            HeadStart.begin();
        }
        Map<String, String> environment = System.getenv();
        StopRequest stop = new StopRequest(Runtime.getRuntime()::addShutdownHook, () -> System.exit(0));
        boolean terminal = consoleIsTerminal()
                && !environment.containsKey("NO_COLOR") && !"dumb".equals(environment.get("TERM"));
        CliContext context = new CliContext(System.in, writer(System.out), writer(System.err), terminal, environment,
                Path.of("").toAbsolutePath(), InstantSource.system(), System::nanoTime, new SecureRandom(),
                Sandgate::hostName,
                Sandgate::program, Replica::start, stop);
        int code = new CommandLineTool(context).run(args);
        stop.finish(code);
        System.exit(code);
    }

    private static boolean consoleIsTerminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, false, stream.charset());
    }

    /// This Java with this class path. What a debugger or profiler added to the start stays with this process.
    private static List<String> program() {
        List<String> program = new ArrayList<>();
        program.add(ProcessHandle.current().info().command()
                .orElse(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.startsWith("-agent") && !argument.startsWith("-javaagent"))
                .forEach(program::add);
        program.addAll(List.of("-cp", System.getProperty("java.class.path"), Sandgate.class.getName()));
        return program;
    }

    /// The kernel's name for this machine where it has one: asking the resolver can take seconds.
    private static String hostName() {
        try {
            return Files.exists(KERNEL_HOST_NAME)
                    ? Files.readString(KERNEL_HOST_NAME).strip()
                    : InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "replica";
        }
    }
}
