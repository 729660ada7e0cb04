package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.driver.Limits;
import io.sandgate.sandbox.driver.Template;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a machine must have to run sandboxes as processes.
final class Requirements {

    private static final Logger log = LoggerFactory.getLogger(Requirements.class);

    private Requirements() {}

    /// @param searchPath where programs are looked for
    /// @throws SandboxException when something is missing
    static void check(String searchPath, Collection<Template> templates) {
        if (!ProcFs.available()) {
            throw new SandboxException(Reason.INTERNAL, "sandgate.sandbox.driver: process (expected: another driver, "
                    + "since this system is no Linux with a readable /proc)");
        }
        Set<String> programs = new LinkedHashSet<>();
        programs.add("setsid");
        for (Template template : templates) {
            Limits limits = template.limits();
            if (limits.openFiles() > 0 || limits.processes() > 0 || limits.memoryMb() > 0) {
                programs.add("prlimit");
            }
            if (limits.nice() > 0) {
                programs.add("nice");
            }
        }
        for (String program : programs) {
            if (!isOn(searchPath, program)) {
                throw new SandboxException(Reason.INTERNAL, "sandgate.sandbox.driver: process (expected: the program "
                        + program + " on the PATH; it is part of util-linux or coreutils, install it)");
            }
        }
    }

    private static boolean isOn(String searchPath, String program) {
        for (String folder : searchPath.split(File.pathSeparator, -1)) {
            try {
                if (Files.isExecutable(Path.of(folder, program))) {
                    return true;
                }
            } catch (InvalidPathException e) {
                log.debug("path.entry-ignored entry={} reason={}", folder, e.getMessage());
            }
        }
        return false;
    }
}
