package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.DriverException.Reason;
import io.sandgate.sandbox.driver.Launch;
import io.sandgate.sandbox.driver.Limits;
import io.sandgate.sandbox.driver.Template;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The program of a sandbox as it is run: limits first, then a session of its own, then the template's command.
///
/// Its output goes to files and its input comes from nowhere, so that nothing ties it to the replica's life.
final class Command {

    private static final String STANDARD_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Launch launch;
    private final SandboxFolder folder;
    private final Host host;

    /// What of the machine a command needs.
    ///
    /// @param java the Java launcher
    /// @param path where programs are looked for
    record Host(String java, String path) {

        /// That of this JVM.
        static Host current() {
            String path = System.getenv("PATH");
            return new Host(System.getProperty("java.home") + "/bin/java", path == null ? STANDARD_PATH : path);
        }
    }

    Command(Launch launch, SandboxFolder folder, Host host) {
        this.launch = launch;
        this.folder = folder;
        this.host = host;
    }

    /// The files of the template, filled in.
    Map<String, String> files() {
        Map<String, String> files = new HashMap<>();
        launch.template().files().forEach((path, content) -> files.put(path, filled(content)));
        return files;
    }

    /// Runs it.
    ///
    /// @param mark the value of the variable that all its processes inherit
    Process run(String mark) {
        ProcessBuilder builder = new ProcessBuilder(words()).directory(folder.home().toFile())
                .redirectInput(Redirect.from(new File("/dev/null")))
                .redirectOutput(Redirect.appendTo(folder.log().resolve("stdout").toFile()))
                .redirectError(Redirect.appendTo(folder.log().resolve("stderr").toFile()));
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(environment(mark));
        try {
            return builder.start();
        } catch (IOException e) {
            throw new DriverException(Reason.START_FAILED,
                    "template " + launch.template().name() + ": the command could not be run: " + e.getMessage(), e);
        }
    }

    List<String> words() {
        Template template = launch.template();
        List<String> words = new ArrayList<>();
        Limits limits = template.limits();
        if (limits.nice() > 0) {
            words.addAll(List.of("nice", "-n", Integer.toString(limits.nice())));
        }
        List<String> limited = new ArrayList<>();
        if (limits.openFiles() > 0) {
            limited.add("--nofile=" + limits.openFiles());
        }
        if (limits.processes() > 0) {
            limited.add("--nproc=" + limits.processes());
        }
        if (limits.memoryMb() > 0) {
            limited.add("--data=" + limits.memoryMb() * 1024L * 1024L);
        }
        if (!limited.isEmpty()) {
            words.add("prlimit");
            words.addAll(limited);
        }
        words.add("setsid");
        template.command().forEach(word -> words.add(filled(word)));
        return words;
    }

    Map<String, String> environment(String mark) {
        Map<String, String> environment = new HashMap<>();
        environment.put("PATH", host.path());
        environment.put("HOME", folder.home().toString());
        environment.put("LANG", "C.UTF-8");
        launch.template().environment().forEach((name, value) -> environment.put(name, filled(value)));
        environment.putAll(launch.environment());
        environment.put("SANDBOX_ID", launch.id());
        environment.put("SANDBOX_IP", launch.address());
        environment.put("E2B_SANDBOX", "true");
        environment.put("E2B_SANDBOX_ID", launch.id());
        environment.put(Mark.VARIABLE, mark);
        return environment;
    }

    private String filled(String text) {
        return text.replace("{ip}", launch.address()).replace("{id}", launch.id())
                .replace("{dir}", folder.home().toString()).replace("{java}", host.java());
    }
}
