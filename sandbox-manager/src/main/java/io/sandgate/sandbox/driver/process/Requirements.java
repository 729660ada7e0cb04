package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.driver.Limits;
import io.sandgate.sandbox.driver.Template;
import io.sandgate.sandbox.linux.SearchPath;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/// What a machine must have to run sandboxes as processes.
final class Requirements {

    private Requirements() {}

    /// @param searchPath where programs are looked for
    /// @throws SandboxException when something is missing
    static void check(SearchPath searchPath, Collection<Template> templates) {
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
            if (!searchPath.has(program)) {
                throw new SandboxException(Reason.INTERNAL, "sandgate.sandbox.driver: process (expected: the program "
                        + program + " on the PATH; it is part of util-linux or coreutils, install it)");
            }
        }
    }
}
