package io.sandgate.gateway.stream.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What a log leaves on disk, copied and deleted as a whole.
final class Directories {

    /// Copies a directory as a process that is killed between two steps would have left it: what is done beside the appender
    /// is waited for.
    static void copy(Path from, Path to) {
        Map<Path, String> before = Map.of();
        while (!before.equals(list(from))) {
            delete(to);
            before = list(from);
            try {
                for (Path file : before.keySet()) {
                    Files.copy(file, to.resolve(from.relativize(file)));
                }
            } catch (NoSuchFileException e) {
                before = Map.of();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Map<Path, String> list(Path directory) {
        Map<Path, String> found = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                found.put(file,
                        Files.isDirectory(file) ? "" : Files.size(file) + " " + Files.getLastModifiedTime(file));
            }
        } catch (IOException | UncheckedIOException e) {
            // something went while it was listed: not the same as before
            return new TreeMap<>(Map.of(directory, e.toString()));
        }
        return found;
    }

    /// Deletes a directory with all in it.
    static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList().reversed()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The segments of an epoch, the oldest first.
    static List<Path> segments(Path directory, String epoch) {
        try (Stream<Path> files = Files.list(directory.resolve(epoch))) {
            return files.filter(file -> file.toString().endsWith(DiskTier.SUFFIX)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Directories() {}
}
