package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.runtime.Account;
import io.sandgate.sandbox.runtime.Programs.Spec;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The shell script that starts one program and tells how it goes.
///
/// Implementation note. It opens the program's pipes before it says `pid`, so that whoever hears that may write and close
/// them. It keeps output pipes open for reading until the program ends, so that the program is not ended by a pipe that
/// nobody reads while the replica is away. On the pipe `status` it says `directory` when the working directory is gone,
/// `pid <number>`, and `exit <code>`, where a shell shows a signal as 128 and its number.
final class ProgramScript {

    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final Pattern VARIABLE = Pattern.compile("[^=\0-][^=\0]*");

    private final Spec spec;
    private final Account account;

    ProgramScript(Spec spec, Account account) {
        this.spec = spec;
        this.account = account;
    }

    /// The variables of the program: those of the user, then the sandbox', then its own.
    static Map<String, String> environment(Account account, Map<String, String> sandbox, Map<String, String> own) {
        Map<String, String> all = new TreeMap<>();
        all.put("PATH", PATH);
        all.put("HOME", account.home());
        all.put("USER", account.name());
        all.put("LOGNAME", account.name());
        all.putAll(sandbox);
        all.putAll(own);
        all.keySet().removeIf(name -> !VARIABLE.matcher(name).matches());
        return all;
    }

    /// @param folder the folder of its pipes, relative to where the agent is
    /// @param terminal the path of its terminal; empty for pipes
    /// @param switchUser whether the agent may become another user
    /// @param environment all its variables
    String text(String folder, Optional<String> terminal, boolean switchUser, Map<String, String> environment) {
        StringBuilder script = new StringBuilder();
        script.append("exec 4<>").append(folder).append("/status\n");
        if (terminal.isPresent()) {
            script.append("exec 5<>").append(ShellWord.of(terminal.get())).append('\n');
        } else {
            script.append("exec 5<").append(spec.input() ? folder + "/in" : "/dev/null");
            script.append(" 6<>").append(folder).append("/out 7<>").append(folder).append("/err 8>").append(folder)
                    .append("/out 9>").append(folder).append("/err\n");
        }
        script.append("cd -- ").append(ShellWord.of(directory())).append(" || { echo directory >&4; exit; }\n");
        if (terminal.isPresent()) {
            script.append("setsid -c ");
        }
        if (switchUser && account.uid() != 0) {
            script.append(become(account));
        }
        script.append("env -i $signals");
        environment.forEach((name, value) -> script.append(' ').append(ShellWord.of(name + "=" + value)));
        script.append(' ').append(ShellWord.of(spec.command())).append(' ').append(ShellWord.all(spec.arguments()));
        script.append(terminal.isPresent()
                ? " <&5 >&5 2>&5 4>&- 5>&- 6>&- &\n"
                : " <&5 >&8 2>&9 4>&- 5<&- 6>&- 7>&- 8>&- 9>&- &\n");
        script.append("echo \"pid $!\" >&4\n");
        script.append(terminal.isPresent() ? "exec 5>&-\n" : "exec 5<&- 8>&- 9>&-\n");
        script.append("wait $!\necho \"exit $?\" >&4\n");
        return script.toString();
    }

    /// The words that run a program as a user, with no power over others and no way back.
    static String become(Account account) {
        return "setpriv --reuid " + account.uid() + " --regid " + account.gid()
                + " --clear-groups --inh-caps=-all --bounding-set=-all ";
    }

    /// Where the program runs, absolute.
    String directory() {
        String asked = spec.workingDirectory();
        if (asked.isEmpty() || asked.equals("~")) {
            return account.home();
        }
        if (asked.startsWith("~/")) {
            return account.home() + asked.substring(1);
        }
        return asked.startsWith("/") ? asked : account.home() + "/" + asked;
    }
}
