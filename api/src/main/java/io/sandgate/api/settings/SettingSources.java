package io.sandgate.api.settings;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where settings are given: a file, then the environment, then assignments; the later ones win.
///
/// @param file a YAML file, or null
/// @param environment the process environment; only names that start with `SANDGATE_` matter
/// @param assignments texts of the form `area.name=value`
/// @param hostName the name of this machine, asked for when no replica id is given
public record SettingSources(@Nullable Path file, Map<String, String> environment, List<String> assignments,
        Supplier<String> hostName) {

    /// Variables that start with `SANDGATE_` and are no settings: the launcher and the client commands read them.
    static final Map<String, String> OTHER_VARIABLES = new TreeMap<>(Map.of("SANDGATE_CONFIG",
            "the settings file, when `--config` is not given", "SANDGATE_ADMIN_URL",
            "the admin listener that `routes` and `members` call", "SANDGATE_JAVA_OPTS",
            "options for the Java machine, read by `bin/sandgate`", "SANDGATE_JDK_DIRS",
            "where `bin/sandgate` looks for JDKs after JAVA_HOME and PATH: directories parted by colons"));

    private static final String ASSIGNMENTS = "--set";

    public SettingSources {
        environment = Map.copyOf(environment);
        assignments = List.copyOf(assignments);
    }

    /// Only what is assigned, as for tests and tools that build a replica by themselves.
    public static SettingSources assigned(String... assignments) {
        return new SettingSources(null, Map.of(), List.of(assignments), () -> "localhost");
    }

    /// These sources with more assignments after those there are.
    public SettingSources with(List<String> more) {
        List<String> all = Stream.concat(assignments.stream(), more.stream()).toList();
        return new SettingSources(file, environment, all, hostName);
    }

    Values read() {
        Map<String, RawValue> merged = new LinkedHashMap<>();
        if (file != null) {
            merged.putAll(SettingsFile.read(file));
        }
        environment.forEach((variable, text) -> fromEnvironment(variable)
                .ifPresent(name -> merged.put(name, RawValue.text(text, "environment " + variable))));
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals <= 0) {
                throw new SettingsException(ASSIGNMENTS + " " + assignment + " (expected: area.name=value)");
            }
            RawValue value = RawValue.text(assignment.substring(equals + 1), ASSIGNMENTS);
            merged.put(known(assignment.substring(0, equals).strip(), ASSIGNMENTS), value);
        }
        return new Values(merged);
    }

    /// The name without its prefix, when there is such a setting.
    static String known(String given, String source) {
        String name = given.startsWith(Setting.PREFIX) ? given.substring(Setting.PREFIX.length()) : given;
        if (Catalogue.find(name).isPresent()) {
            return name;
        }
        if (name.startsWith(Template.AREA)) {
            throw new SettingsException(Setting.PREFIX + name + ": no such setting (expected: " + Setting.PREFIX
                    + Template.AREA + "<name of a-z, 0-9 and dashes>." + Template.fields() + "; from " + source + ")");
        }
        throw unknown(Setting.PREFIX + name, source,
                Spelling.nearest(name, Catalogue.names()).map(near -> Setting.PREFIX + near));
    }

    private static Optional<String> fromEnvironment(String variable) {
        if (!variable.startsWith(Setting.ENVIRONMENT_PREFIX) || OTHER_VARIABLES.containsKey(variable)) {
            return Optional.empty();
        }
        Optional<String> name = Catalogue.settings().stream().flatMap(setting -> setting.nameIn(variable).stream())
                .filter(candidate -> Catalogue.find(candidate).isPresent()).findFirst();
        if (name.isEmpty()) {
            throw unknown(variable, "environment",
                    Spelling.nearest(variable, Catalogue.settings().stream().map(Setting::environmentName).toList()));
        }
        return name;
    }

    private static SettingsException unknown(String name, String source, Optional<String> near) {
        String hint = near.map(meant -> "did you mean " + meant + "?").orElse("`sandgate config` lists all");
        return new SettingsException(name + ": no such setting (" + hint + "; from " + source + ")");
    }
}
