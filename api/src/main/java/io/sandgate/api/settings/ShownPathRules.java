package io.sandgate.api.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The rule that no sandbox is shown what the replica keeps to itself: its data, its keys, its file of settings.
final class ShownPathRules {

    private ShownPathRules() {}

    /// @param file the file that settings were read from
    /// @throws SettingsException for a folder that shows one of them
    static void check(Settings settings, Values values, @Nullable Path file) {
        Path data = real(settings.replica().dataDirectory());
        Stream<Path> keys = Stream.of(settings.publicListener().tls().map(CertificateFiles::key),
                settings.cluster().tls().map(tls -> tls.key()), Optional.ofNullable(file)).flatMap(Optional::stream);
        keys.map(ShownPathRules::real).forEach(key -> settings.sandboxes().confinement().shownPaths().stream()
                .filter(shown -> key.startsWith(real(shown))).findFirst().ifPresent(shown -> {
                    throw refused(values, key);
                }));
        for (Path shown : settings.sandboxes().confinement().shownPaths()) {
            if (data.startsWith(real(shown)) || real(shown).startsWith(data)) {
                throw refused(values, data);
            }
        }
    }

    private static SettingsException refused(Values values, Path secret) {
        return values.refused(SandboxLimits.SHOWN_PATHS, "folders that do not show " + secret);
    }

    /// Where a path leads, as far as it is there.
    private static Path real(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        for (Path there = absolute; there != null; there = there.getParent()) {
            if (Files.exists(there)) {
                try {
                    return there.toRealPath().resolve(there.relativize(absolute));
                } catch (IOException e) {
                    throw new UncheckedIOException(there + ": cannot be read", e);
                }
            }
        }
        return absolute;
    }
}
