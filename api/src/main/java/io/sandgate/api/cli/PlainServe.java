package io.sandgate.api.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads `serve` with settings and nothing else, without picocli, whose classes are too old for Java to keep them in a cache:
/// loading them takes a fifth of a start. Arguments of any other form are left to picocli, which says what is wrong with them.
final class PlainServe {

    private static final String SET = "--set";
    private static final String CONFIG = "--config";
    private static final String STOP_WITH_PARENT = "--stop-with-parent";

    private final List<String> assignments = new ArrayList<>();
    private @Nullable Path config;
    private boolean stopWithParent;

    private PlainServe() {}

    /// The command; empty when the arguments are of another form.
    static Optional<ServeCommand> of(CliContext context, String... args) {
        if (args.length == 0 || !args[0].equals("serve")) {
            return Optional.empty();
        }
        PlainServe plain = new PlainServe();
        for (int i = 1; i < args.length; i++) {
            String name = args[i];
            boolean valueFollows = name.equals(SET) || name.equals(CONFIG);
            if (valueFollows && i + 1 == args.length) {
                return Optional.empty();
            }
            int sign = name.indexOf('=');
            String value = valueFollows ? args[++i] : name.substring(sign + 1);
            if (!plain.takes(valueFollows || sign < 0 ? name : name.substring(0, sign), value)) {
                return Optional.empty();
            }
        }
        return Optional.of(new ServeCommand(context, plain.config, plain.assignments, plain.stopWithParent));
    }

    private boolean takes(String name, String value) {
        if (name.equals(STOP_WITH_PARENT) && value.equals(name) && !stopWithParent) {
            stopWithParent = true;
            return true;
        }
        // what may be an option, a file of arguments, or quoted
        if (value.isEmpty() || value.startsWith("-") || value.startsWith("@") || value.startsWith("\"")) {
            return false;
        }
        if (name.equals(SET)) {
            return assignments.add(value);
        }
        if (name.equals(CONFIG) && config == null) {
            config = Path.of(value);
            return true;
        }
        return false;
    }
}
