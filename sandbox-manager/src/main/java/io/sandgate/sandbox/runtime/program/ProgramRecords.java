package io.sandgate.sandbox.runtime.program;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sandgate.sandbox.runtime.Programs.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is known of the programs of one sandbox, in a folder that the sandbox does not see: so that a replica that comes
/// back finds them again.
final class ProgramRecords {

    private static final Logger log = LoggerFactory.getLogger(ProgramRecords.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final String END = ".json";

    private final Path folder;

    /// One program that runs.
    ///
    /// @param name that of its folder
    /// @param deadline when it is killed; empty for never
    record Known(String name, int pid, Spec spec, Optional<Instant> deadline) {}

    /// The form in the file.
    private record Line(int pid, String command, List<String> arguments, Map<String, String> environment,
            String workingDirectory, String user, boolean input, String tag, @Nullable String deadline) {}

    ProgramRecords(Path folder) {
        this.folder = folder;
    }

    void create() throws IOException {
        Files.createDirectory(folder);
    }

    void put(Known known) throws IOException {
        Spec spec = known.spec();
        Line line = new Line(known.pid(), spec.command(), spec.arguments(), spec.environment(),
                spec.workingDirectory(), spec.user(), spec.input(), spec.tag(),
                known.deadline().map(Instant::toString).orElse(null));
        Files.write(file(known.name()), JSON.writeValueAsBytes(line));
    }

    void remove(String name) {
        try {
            Files.deleteIfExists(file(name));
        } catch (IOException e) {
            log.warn("program.record-not-removed file={} reason={}", file(name), e.toString());
        }
    }

    /// All of them; what cannot be read is left out. Programs at a terminal are not among them: they end with it.
    List<Known> all() throws IOException {
        List<Known> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(END)).toList()) {
                read(file).ifPresent(all::add);
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        return all;
    }

    private static Optional<Known> read(Path file) throws IOException {
        try {
            Line line = JSON.readValue(file.toFile(), Line.class);
            String name = file.getFileName().toString();
            return Optional.of(new Known(name.substring(0, name.length() - END.length()), line.pid(),
                    new Spec(line.command(), line.arguments(), line.environment(), line.workingDirectory(),
                            line.user(), Optional.empty(), line.input(), line.tag(), Optional.empty()),
                    Optional.ofNullable(line.deadline()).map(Instant::parse)));
        } catch (JsonProcessingException e) {
            log.warn("program.record-unreadable file={} reason={}", file, e.getOriginalMessage());
            return Optional.empty();
        }
    }

    private Path file(String name) {
        return folder.resolve(name + END);
    }
}
