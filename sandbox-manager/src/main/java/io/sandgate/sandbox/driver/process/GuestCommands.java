package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.runtime.Account;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import io.sandgate.sandbox.runtime.SandboxFiles;
import io.sandgate.sandbox.runtime.SandboxFiles.Entry;
import io.sandgate.sandbox.runtime.SandboxFiles.Kind;
import io.sandgate.sandbox.runtime.program.Commands;
import java.util.List;
import java.util.Optional;

/// The commands of a sandbox, looked for among its files: so that what is not there is said before anything starts.
final class GuestCommands implements Commands {

    private static final List<String> PATH = List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin",
            "/sbin", "/bin");
    private static final int ANY_EXECUTE = 0111;

    private final SandboxFiles files;

    GuestCommands(SandboxFiles files) {
        this.files = files;
    }

    @Override
    public void require(String directory, String command, Account account) {
        if (entry(directory, account).filter(entry -> entry.kind() == Kind.DIRECTORY).isEmpty()) {
            throw new GuestException(Code.INVALID_ARGUMENT, "cwd '" + directory + "' does not exist");
        }
        if (command.isEmpty() || command.startsWith("-") || command.indexOf('=') >= 0) {
            throw new GuestException(Code.INVALID_ARGUMENT,
                    "cmd: '" + command + "' (expected: a program, whose name does not begin with - or contain =)");
        }
        boolean found = command.indexOf('/') < 0
                ? PATH.stream().anyMatch(folder -> isExecutable(folder + "/" + command, account))
                : isExecutable(command.startsWith("/") ? command : directory + "/" + command, account);
        if (!found) {
            throw new GuestException(Code.NOT_FOUND, "cmd: '" + command + "' is no program that can be run here");
        }
    }

    private boolean isExecutable(String path, Account account) {
        return entry(path, account)
                .filter(entry -> entry.kind() == Kind.FILE && (entry.mode() & ANY_EXECUTE) != 0).isPresent();
    }

    private Optional<Entry> entry(String path, Account account) {
        try {
            return Optional.of(files.stat(path, account.name()));
        } catch (GuestException e) {
            if (e.code() == Code.NOT_FOUND || e.code() == Code.PERMISSION_DENIED) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
