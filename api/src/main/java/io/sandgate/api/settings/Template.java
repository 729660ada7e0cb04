package io.sandgate.api.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What a sandbox is made from, as configured.
///
/// @param name what create calls name
/// @param command what runs in the sandbox; empty for none
/// @param readyPort the port that must answer before the sandbox is ready
/// @param environment variables of the command; its text form hides the values
/// @param cpuCount processors that the sandbox is said to have
/// @param memoryMb memory that the sandbox is said to have, in MiB
/// @param diskMb disk that the sandbox is said to have, in MiB
/// @param warm sandboxes of it that are started ahead
/// @param maxOpenFiles per process
/// @param maxProcesses of the sandbox
public record Template(String name, List<String> command, Optional<Integer> readyPort, Map<String, Secret> environment,
        int cpuCount, int memoryMb, int diskMb, int warm, int maxOpenFiles, int maxProcesses) {

    /// What the names of all its settings begin with.
    static final String AREA = "templates.";

    private static final String FAMILY = AREA + "<name>.";

    static final Setting<List<String>> COMMAND = Setting.optional(FAMILY + "command", Type.command(), "none",
            "What runs in the sandbox, in its directory.");
    static final Setting<Integer> READY_PORT = Setting.optional(FAMILY + "ready-port", Type.integer(1, 65_535), "none",
            "Port that must answer before the sandbox is ready.");
    static final Setting<String> ENVIRONMENT = new Setting<>(FAMILY + "environment.<VAR>", Type.anyText(), null,
            "none", "A variable in the environment of the command.", true);
    static final Setting<Integer> CPU_COUNT = Setting.of(FAMILY + "cpu-count", Type.integer(1, 1_024), "1",
            "Processors of the sandbox; where it is isolated, it gets no more.");
    static final Setting<Integer> MEMORY_MB = Setting.of(FAMILY + "memory-mb", Type.integer(16, 1_048_576), "512",
            "Memory of the sandbox in MiB; where it is isolated, it gets no more.");
    static final Setting<Integer> DISK_MB = Setting.of(FAMILY + "disk-mb", Type.integer(1, 1_048_576), "1024",
            "Disk of the sandbox in MiB: as much as it can write where it is isolated as root.");
    static final Setting<Integer> WARM = Setting.of(FAMILY + "warm", Type.integer(0, 10_000), "0",
            "Sandboxes of the template that each replica keeps started, so that a create takes one of them at once.");
    static final Setting<Integer> MAX_OPEN_FILES = Setting.of(FAMILY + "max-open-files", Type.integer(0, 1_048_576),
            "0", "Files that one process of the sandbox may have open; zero for no limit.");
    static final Setting<Integer> MAX_PROCESSES = Setting.of(FAMILY + "max-processes", Type.integer(0, 1_000_000),
            "0",
            "Processes of the user that the sandbox runs as; zero for no limit. The kernel does not hold root to it.");
    /// The environment comes first: a variable may be named like one of the other settings.
    static final List<Setting<?>> ALL = List.of(ENVIRONMENT, COMMAND, READY_PORT, CPU_COUNT, MEMORY_MB, DISK_MB,
            WARM, MAX_OPEN_FILES, MAX_PROCESSES);

    private static final Pattern NAME = Pattern.compile("templates\\.([^.]+)\\..*");
    private static final Pattern VARIABLE = Pattern.compile("templates\\.([^.]+)\\.environment\\.(.+)");

    /// What a template's settings are called, for messages.
    static String fields() {
        return ALL.stream().map(setting -> setting.name().substring(FAMILY.length()))
                .collect(Collectors.joining(" or ."));
    }

    /// The templates that the values speak of, by name.
    static Map<String, Template> from(Values values) {
        Map<String, Template> templates = new LinkedHashMap<>();
        for (String name : names(values)) {
            templates.put(name, template(name, values));
        }
        return Map.copyOf(templates);
    }

    private static TreeSet<String> names(Values values) {
        TreeSet<String> names = new TreeSet<>();
        values.names().forEach(setting -> NAME.matcher(setting).results().forEach(found -> names.add(found.group(1))));
        return names;
    }

    private static Template template(String name, Values values) {
        Setting<Integer> readyPort = in(name, READY_PORT);
        Template template = new Template(name, values.find(in(name, COMMAND)).orElse(List.of()),
                values.find(readyPort), environment(name, values), values.get(in(name, CPU_COUNT)),
                values.get(in(name, MEMORY_MB)), values.get(in(name, DISK_MB)), values.get(in(name, WARM)),
                values.get(in(name, MAX_OPEN_FILES)),
                values.get(in(name, MAX_PROCESSES)));
        if (template.readyPort.isPresent() && template.command.isEmpty()) {
            throw values.refused(readyPort, "a template with a command, which could open the port");
        }
        return template;
    }

    private static Map<String, Secret> environment(String name, Values values) {
        Map<String, Secret> environment = new LinkedHashMap<>();
        for (String setting : new TreeSet<>(values.names())) {
            VARIABLE.matcher(setting).results().filter(found -> found.group(1).equals(name))
                    .forEach(found -> values.find(ENVIRONMENT.named(setting))
                            .ifPresent(value -> environment.put(found.group(2), new Secret(value))));
        }
        return Map.copyOf(environment);
    }

    private static <T> Setting<T> in(String name, Setting<T> family) {
        return family.named(family.name().replace("<name>", name));
    }
}
