package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.linux.Poller;
import io.sandgate.sandbox.runtime.Account;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import io.sandgate.sandbox.runtime.Programs.Source;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// The command of a sandbox' template: what it writes goes to the sandbox' log, and nothing is told of it but its exit.
public final class MainProgram {

    private static final String NAME = "main";
    private static final long START_SECONDS = 10;

    private MainProgram() {}

    /// Starts it, and returns when it runs.
    ///
    /// @param directory where it runs, as the sandbox sees it
    /// @param switchUser whether the agent may become another user
    /// @param environment all its variables
    /// @return its exit code, as a shell says it; -1 when that is not known. Never completes for one that a later life of
    ///         the replica will see end
    /// @throws GuestException when it could not be started
    public static CompletableFuture<Integer> start(Poller poller, ControlFolder control, Account account,
            String directory, boolean switchUser, Map<String, String> environment, List<String> words) {
        CompletableFuture<Integer> exit = new CompletableFuture<>();
        try (Agent agent = Agent.in(control.path())) {
            control.createProgram(NAME, List.of("status"));
            control.script(NAME, script(account, directory, switchUser, environment, words));
            ProgramPipes pipes = ProgramPipes.openStatus(poller, control.path().resolve(NAME));
            pipes.begin();
            pipes.follow(new ProgramPipes.Listener() {
                @Override
                public void wrote(Source source, byte[] bytes) {}

                @Override
                public void finished(int code) {
                    pipes.close();
                    exit.complete(code);
                }
            });
            agent.run(NAME);
            pipes.awaitPid(START_SECONDS, TimeUnit.SECONDS);
            return exit;
        } catch (IOException e) {
            throw new GuestException(Code.INTERNAL, "the command could not be started: " + e.getMessage(), e);
        }
    }

    private static String script(Account account, String directory, boolean switchUser,
            Map<String, String> environment, List<String> words) {
        StringBuilder script = new StringBuilder("exec 4<>" + NAME + "/status\ncd -- ");
        script.append(ShellWord.of(directory)).append(" || { echo directory >&4; exit; }\n");
        if (switchUser && account.uid() != 0) {
            script.append(ProgramScript.become(account));
        }
        script.append("env -i $signals");
        environment.forEach((name, value) -> script.append(' ').append(ShellWord.of(name + "=" + value)));
        script.append(' ').append(ShellWord.all(words));
        return script.append(" </dev/null >&").append(LogStream.STDOUT.descriptor()).append(" 2>&")
                .append(LogStream.STDERR.descriptor()).append(" 4>&- 5>&- 6>&- &\necho \"pid $!\" >&4\n")
                .append("exec 5>&- 6>&-\nwait $!\necho \"exit $?\" >&4\n").toString();
    }
}
