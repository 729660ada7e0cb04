package io.sandgate.sandbox.runtime;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The programs of one sandbox that were started by this interface. A program outlives the caller who started it, and the
/// replica.
///
/// Calls block unless they say otherwise; failures are [GuestException]s.
public interface Programs {

    /// Those that run.
    List<Info> list();

    /// Starts a program, and returns when it runs.
    ///
    /// @param output hears from the first byte on
    /// @throws GuestException INVALID_ARGUMENT for a working directory that is not there, or for words that no program can
    ///         be given; UNAUTHENTICATED for an unknown user; NOT_FOUND when there is no such command; RESOURCE_EXHAUSTED
    Subscription start(Spec spec, Output output);

    /// Listens to a program that runs, from now on; one that ended within the last 30 s is heard to end.
    ///
    /// @throws GuestException NOT_FOUND
    Subscription connect(Selector selector, Output output);

    /// Writes to a program's input, all of it, and waits for as long as the program does not read. An interrupt ends the
    /// wait; what was written by then stays written.
    ///
    /// @param terminal whether it is meant for a terminal; the program must have been started so
    /// @throws GuestException NOT_FOUND; FAILED_PRECONDITION for input of the other kind, or for input that is closed;
    ///         UNAVAILABLE after an interrupt
    void input(Selector selector, byte[] data, boolean terminal);

    /// Ends a program's input.
    ///
    /// @throws GuestException NOT_FOUND; FAILED_PRECONDITION for a program at a terminal
    void closeInput(Selector selector);

    /// Sends a signal to a program.
    ///
    /// @throws GuestException NOT_FOUND
    void signal(Selector selector, Signal signal);

    /// Changes the size of a program's terminal.
    ///
    /// @throws GuestException NOT_FOUND; FAILED_PRECONDITION for a program without one
    void resize(Selector selector, TerminalSize size);

    /// Which program.
    sealed interface Selector {}

    /// The program with a number, as the sandbox' own processes see it.
    record ByPid(int pid) implements Selector {}

    /// The program that was started with a tag; the youngest of several.
    record ByTag(String tag) implements Selector {}

    /// What can be sent to a program.
    enum Signal {
        /// SIGTERM.
        TERM,
        /// SIGKILL.
        KILL
    }

    /// A terminal's size in characters, each 1 to 65,535.
    record TerminalSize(int columns, int rows) {}

    /// What to start.
    ///
    /// @param command the program, looked for on the PATH when it has no slash
    /// @param environment variables that go before those of the sandbox
    /// @param workingDirectory absolute, or relative to the user's home; empty for the home
    /// @param user who runs it
    /// @param terminal the size of the terminal that it runs at; empty for pipes
    /// @param input whether it gets an input that stays open until it is closed; else it reads the end at once
    /// @param tag a name to find it by, at most 1,024 characters; empty for none
    /// @param timeout after which it is killed; empty for never
    record Spec(String command, List<String> arguments, Map<String, String> environment, String workingDirectory,
            String user, Optional<TerminalSize> terminal, boolean input, String tag, Optional<Duration> timeout) {
        public Spec {
            arguments = List.copyOf(arguments);
            environment = Map.copyOf(environment);
        }

        /// What is left to know of one that ended: the tag that it is found by.
        public Spec tagOnly() {
            return new Spec("", List.of(), Map.of(), "", "", Optional.empty(), input, tag, Optional.empty());
        }

        /// Without the values of the environment and the words of the command, which may be secret.
        @Override
        public String toString() {
            return "Spec[command=" + command + ", user=" + user + ", tag=" + tag + "]";
        }
    }

    /// A program that runs.
    record Info(int pid, Spec spec) {}

    /// How a program ended.
    ///
    /// @param exitCode its exit code; -1 when a signal ended it
    /// @param exited whether it ended by itself
    /// @param status as `exit status 3` or `signal: killed`
    /// @param timedOut whether it was killed because its time was over
    record End(int exitCode, boolean exited, String status, boolean timedOut) {}

    /// Where bytes come from.
    enum Source {
        STDOUT, STDERR, TERMINAL
    }

    /// Hears what a program writes. Called by one thread at a time, which must not be blocked.
    interface Output {

        /// The next bytes, at most 64 KiB; they are the callee's to keep.
        void data(Source source, byte[] bytes);

        /// The program is gone and all that it wrote was given. Nothing follows.
        void ended(End end);
    }

    /// One listener of one program. Its calls do not block, and may come from any thread.
    interface Subscription {

        /// The program's number.
        int pid();

        /// Holds the program's output back from all its listeners, until [#resume]: so that a slow one is not flooded.
        /// A few chunks that are under way still come.
        void pause();

        /// Lets the output come again.
        void resume();

        /// Stops listening. The program runs on, and what it writes is thrown away when nobody listens.
        void cancel();
    }
}
