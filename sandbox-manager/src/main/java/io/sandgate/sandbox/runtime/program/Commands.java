package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.runtime.Account;
import io.sandgate.sandbox.runtime.GuestException;

/// Finds what programs are started with.
@FunctionalInterface
public interface Commands {

    /// Makes sure that a program can be started.
    ///
    /// @param directory where it is to run, absolute
    /// @param command a path, or a name to look for on the PATH
    /// @throws GuestException INVALID_ARGUMENT when the directory is none; NOT_FOUND when there is no such command
    void require(String directory, String command, Account account);
}
