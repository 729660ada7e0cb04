package io.sandgate.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A tree of its own with `bin/sandgate` and the built program, and no source.
public final class BuiltTree implements AutoCloseable {

    private final Path root = Directories.temporary("tree");
    private final Path target = root.resolve("api/target");

    private BuiltTree() {}

    /// A tree as the build leaves it.
    public static BuiltTree copy() {
        BuiltTree tree = new BuiltTree();
        Path jar = Program.jar();
        try {
            Files.createDirectories(tree.root.resolve("bin"));
            Files.createDirectories(tree.target.resolve("lib"));
            keep(Program.root().resolve("bin/sandgate"), tree.root.resolve("bin/sandgate"));
            keep(jar, tree.target.resolve(jar.getFileName().toString()));
            try (Stream<Path> libraries = Files.list(jar.resolveSibling("lib"))) {
                for (Path library : libraries.toList()) {
                    keep(library, tree.target.resolve("lib").resolve(library.getFileName().toString()));
                }
            }
            return tree;
        } catch (IOException e) {
            tree.close();
            throw new UncheckedIOException(e);
        }
    }

    private static void keep(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
    }

    /// The same tree after a rehearsal that failed.
    public BuiltTree withoutCache() {
        try {
            Files.createFile(cache());
            Files.createFile(fit());
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The cache for fast starts.
    public Path cache() {
        return target.resolve("sandgate.aot");
    }

    /// What the cache fits.
    public Path fit() {
        return target.resolve("sandgate.aot.for");
    }

    /// Starts a replica by the script; its output is added to its log.
    ///
    /// @param javaOptions of its Java
    public Process start(ReplicaPlan plan, String... javaOptions) {
        try {
            Files.createDirectories(plan.log().toAbsolutePath().getParent());
            List<String> command = new ArrayList<>(List.of(root.resolve("bin/sandgate").toString()));
            command.addAll(plan.arguments());
            command.add("--stop-with-parent");
            ProcessBuilder builder = Program.process(command).redirectErrorStream(true)
                    .redirectOutput(Redirect.appendTo(plan.log().toFile()));
            builder.environment().putAll(Map.of("JAVA_HOME", System.getProperty("java.home"), "SANDGATE_JAVA_OPTS",
                    String.join(" ", javaOptions)));
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        Directories.remove(root);
    }
}
