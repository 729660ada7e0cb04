package io.sandgate.api.cli;

import java.util.List;

/// The exit codes of all commands.
final class ExitCode {

    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int UNREACHABLE = 3;
    static final int NOT_FOUND = 4;
    /// What a shell says of a program that a closed pipe ended: 128 and the number of SIGPIPE.
    static final int UNREAD = 141;

    /// What each code means, for help texts, as `code:meaning`.
    static final List<String> MEANINGS = List.of(OK + ":done", FAILED + ":the call or the start failed",
            USAGE + ":wrong usage or a wrong setting", UNREACHABLE + ":the replica does not answer",
            NOT_FOUND + ":there is no such sandbox, route, shard or address",
            UNREAD + ":the reader of the output closed it before its end");

    private ExitCode() {}
}
