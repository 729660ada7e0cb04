package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the script of a program says of it, in lines: `pid <number>` or why there is none, then `exit <code>`.
///
/// The sandbox' root can write what it likes to the pipe that this comes through: so no more than a short line is kept, and
/// what is none of these words means nothing.
final class StatusWords {

    private static final int LONGEST = 64;
    private static final Pattern PID = Pattern.compile("pid ([0-9]{1,9})");
    private static final Pattern EXIT = Pattern.compile("exit ([0-9]{1,9})");

    private final StringBuilder line = new StringBuilder();
    private final CompletableFuture<String> first = new CompletableFuture<>();
    private int exitCode = -1;

    /// Takes the next bytes. For one thread.
    void heard(byte[] bytes) {
        for (byte each : bytes) {
            if (each == '\n') {
                take(line.toString());
                line.setLength(0);
            } else if (line.length() < LONGEST) {
                line.append((char) (each & 0x7f));
            }
        }
    }

    private void take(String word) {
        Matcher exit = EXIT.matcher(word);
        if (exit.matches()) {
            exitCode = Integer.parseInt(exit.group(1));
        } else {
            first.complete(word);
        }
    }

    /// Nothing more is said.
    void ended() {
        first.complete("");
    }

    /// The exit code as the shell says it; -1 while it has said none. For the same thread.
    int exitCode() {
        return exitCode;
    }

    /// The program's number, which is said first.
    ///
    /// @throws GuestException INVALID_ARGUMENT when its working directory cannot be entered; UNAVAILABLE when nothing is said
    ///         in time
    int awaitPid(long timeout, TimeUnit unit) {
        try {
            String word = first.get(timeout, unit);
            Matcher pid = PID.matcher(word);
            if (pid.matches()) {
                return Integer.parseInt(pid.group(1));
            }
            throw word.equals("directory")
                    ? new GuestException(Code.INVALID_ARGUMENT, "the working directory cannot be entered")
                    : new GuestException(Code.UNAVAILABLE, "the sandbox ended while the program was being started");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GuestException(Code.UNAVAILABLE, "interrupted while the program was being started", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new GuestException(Code.UNAVAILABLE, "the program did not start in time", e);
        }
    }
}
