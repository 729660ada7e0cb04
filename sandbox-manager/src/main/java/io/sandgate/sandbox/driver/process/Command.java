package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.driver.Launch;
import io.sandgate.sandbox.driver.Limits;
import io.sandgate.sandbox.driver.Template;
import io.sandgate.sandbox.linux.SearchPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The command of a sandbox' template as it is run: limits first, then a session of its own, then the program.
final class Command {

    private final Launch launch;
    private final String home;
    private final Host host;

    /// What of the machine a command needs.
    ///
    /// @param java the Java launcher
    /// @param path where programs are looked for
    record Host(String java, String path) {

        /// That of this JVM.
        static Host current() {
            return new Host(System.getProperty("java.home") + "/bin/java", SearchPath.current().text());
        }
    }

    /// @param home its working directory, as the sandbox sees it
    Command(Launch launch, String home, Host host) {
        this.launch = launch;
        this.home = home;
        this.host = host;
    }

    /// The files of the template, filled in.
    Map<String, String> files() {
        Map<String, String> files = new HashMap<>();
        launch.template().files().forEach((path, content) -> files.put(path, filled(content)));
        return files;
    }

    /// The program and its arguments.
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

    /// Its variables.
    ///
    /// @param mark the value of the variable that all its processes inherit
    Map<String, String> environment(String mark) {
        Map<String, String> environment = new HashMap<>();
        environment.put("PATH", host.path());
        environment.put("HOME", home);
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
                .replace("{dir}", home).replace("{java}", host.java());
    }
}
