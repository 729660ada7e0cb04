package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The folders of the machine that sandboxes may read beside those of its system.
final class ShownPaths {

    /// What a sandbox has of its own, which nothing may cover.
    private static final List<Path> OWN = Stream.of(Bubblewrap.HOME, "/root", "/tmp", "/etc", "/proc", "/dev", "/sys",
            "/run", "/usr", "/var/tmp", "/var/run").map(Path::of).toList();
    /// What shows more of the machine than files, or is another folder for bubblewrap.
    private static final List<Path> OTHER = Stream.of("/proc", "/dev", "/sys", "/run", Isolation.SHOWN.toString())
            .map(Path::of).toList();

    private ShownPaths() {}

    /// The folders that were asked for, and that of the Java that the replica runs on where it is not part of the system.
    ///
    /// @param everyone whether users other than the replica's own read there
    /// @throws SandboxException for a folder that cannot be shown
    static List<Path> checked(List<Path> asked, boolean everyone) {
        List<Path> shown = new ArrayList<>();
        Path java = Path.of(System.getProperty("java.home"));
        if (!java.startsWith("/usr")) {
            shown.add(java);
        }
        for (Path folder : asked) {
            String expected = expected(folder, everyone);
            if (!expected.isEmpty()) {
                throw new SandboxException(Reason.INVALID,
                        "sandgate.sandbox.shown-paths: " + folder + " (expected: " + expected + ")");
            }
            shown.add(folder);
        }
        return List.copyOf(shown);
    }

    /// What a folder should be and is not; empty when it can be shown.
    private static String expected(Path folder, boolean everyone) {
        try {
            if (!Files.isDirectory(folder)) {
                return "a folder that is there";
            }
            Path real = folder.toRealPath();
            for (Path path : List.of(folder, real)) {
                if (OWN.stream().anyMatch(own -> own.startsWith(path))) {
                    return "a folder that covers nothing of a sandbox' own, such as /srv/tools";
                }
                if (OTHER.stream().anyMatch(path::startsWith)) {
                    return "a folder outside of /proc, /dev, /sys, /run and /mnt, which are others in a sandbox";
                }
            }
            for (Path at = real; everyone && at != null; at = at.getParent()) {
                Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(at);
                if (!permissions.contains(PosixFilePermission.OTHERS_EXECUTE)
                        || (at.equals(real) && !permissions.contains(PosixFilePermission.OTHERS_READ))) {
                    return "a folder that everybody may read, which " + at + " keeps from others: chmod o+rx";
                }
            }
            return "";
        } catch (IOException e) {
            return "a folder that can be read: " + e;
        }
    }
}
