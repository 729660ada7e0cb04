package io.sandgate.sandbox.isolation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The command line of bubblewrap for one sandbox: own user, pid, mount, ipc, uts and cgroup namespaces, the machine's
/// programs and libraries to read, and a home, a `/root` and a `/tmp` of its own to write to.
///
/// Nothing else of the machine is there: of `/etc`, only what programs need to run and the sandbox' own users.
final class Bubblewrap {

    /// Where a sandbox finds what the replica asks of it.
    static final String CONTROL = "/run/sandgate";
    /// The home of the user that programs run as by default.
    static final String HOME = "/home/user";

    /// What bubblewrap says about the first process is written here.
    static final int INFO_DESCRIPTOR = 3;
    /// It waits until something is to be read here before it uses the new users.
    static final int BLOCK_DESCRIPTOR = 4;
    /// Its words are read from here.
    static final int WORDS_DESCRIPTOR = 8;
    /// The filter of system calls is read from here.
    static final int FILTER_DESCRIPTOR = 9;

    /// What a sandbox' root keeps of its powers over its own users and files; it has none over the machine.
    private static final List<String> CAPABILITIES = List.of("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER",
            "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE");

    /// Folders of the system, each shown if it is there, as a link if it is one.
    private static final List<String> SYSTEM = List.of("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32",
            "/opt");
    private static final Set<String> CONFIGURATION = Set.of("alternatives", "bash.bashrc", "bash_completion.d",
            "ca-certificates", "ca-certificates.conf", "crypto-policies", "debian_version", "default/locale", "fonts",
            "inputrc", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "locale.alias", "locale.conf", "localtime",
            "magic", "magic.mime", "mime.types", "nsswitch.conf", "os-release", "perl", "pki", "profile", "profile.d",
            "protocols", "services", "shells", "skel", "ssl",
            "terminfo", "timezone");

    /// One sandbox as bubblewrap has to know it.
    ///
    /// @param id its name, and that of its machine
    /// @param disk what holds its `home`, `root` and `tmp`
    /// @param control what it sees as [#CONTROL]
    /// @param configuration files for its `/etc`, by name
    /// @param readable further paths of the machine to show
    /// @param ownUsers whether it has users of its own, whose mapping is written from outside; else one user, the replica's
    record View(String id, Path disk, Path control, Map<String, Path> configuration, List<Path> readable,
            boolean ownUsers) {
        View {
            configuration = Map.copyOf(configuration);
            readable = List.copyOf(readable);
        }
    }

    private final List<String> words = new ArrayList<>();

    private Bubblewrap() {}

    /// The words after the program's name that say all but what to run; they come from a file, since a sandbox sees the command
    /// line of its first process.
    static List<String> words(View view) {
        Bubblewrap wrap = new Bubblewrap();
        wrap.namespaces(view);
        wrap.system();
        wrap.configuration(view);
        wrap.own(view);
        view.readable().forEach(wrap::readable);
        wrap.add("--remount-ro", "/");
        wrap.add("--clearenv", "--setenv", "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        wrap.add("--chdir", "/", "--seccomp", Integer.toString(FILTER_DESCRIPTOR));
        return List.copyOf(wrap.words);
    }

    private void namespaces(View view) {
        add("--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try");
        add("--hostname", view.id(), "--info-fd", Integer.toString(INFO_DESCRIPTOR));
        if (view.ownUsers()) {
            add("--userns-block-fd", Integer.toString(BLOCK_DESCRIPTOR), "--uid", "0", "--gid", "0");
            CAPABILITIES.forEach(capability -> add("--cap-add", capability));
        } else {
            add("--uid", "1000", "--gid", "1000");
        }
    }

    private void system() {
        for (String path : SYSTEM) {
            Path real = Path.of(path);
            Optional<Path> link = link(real);
            if (link.isPresent()) {
                add("--symlink", link.get().toString(), path);
            } else if (Files.isDirectory(real)) {
                add("--ro-bind", path, path);
            }
        }
        add("--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/dev/shm");
    }

    private void configuration(View view) {
        add("--perms", "0755", "--dir", "/etc");
        for (String name : machineConfiguration()) {
            if (!view.configuration().containsKey(name)) {
                add("--ro-bind-try", "/etc/" + name, "/etc/" + name);
            }
        }
        view.configuration().forEach((name, file) -> add("--ro-bind", file.toString(), "/etc/" + name));
    }

    private static List<String> machineConfiguration() {
        try (Stream<Path> files = Files.list(Path.of("/etc"))) {
            return files.map(file -> file.getFileName().toString()).filter(name -> CONFIGURATION.contains(name)
                    || name.startsWith("python3") || name.startsWith("java")).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private void own(View view) {
        for (String folder : List.of("/home", "/run", "/var", "/mnt", "/srv")) {
            add("--perms", "0755", "--dir", folder);
        }
        add("--bind", view.disk().resolve("home").toString(), HOME);
        add("--bind", view.disk().resolve("root").toString(), "/root");
        add("--bind", view.disk().resolve("tmp").toString(), "/tmp");
        add("--symlink", "../tmp", "/var/tmp", "--symlink", "../run", "/var/run");
        add("--ro-bind", view.control().toString(), CONTROL);
    }

    private void readable(Path folder) {
        // what leads there would be made for the sandbox' root alone
        for (int names = 1; names < folder.getNameCount(); names++) {
            add("--perms", "0755", "--dir", "/" + folder.subpath(0, names));
        }
        add("--ro-bind-try", folder.toString(), folder.toString());
    }

    private static Optional<Path> link(Path path) {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) && Files.isSymbolicLink(path)) {
            try {
                return Optional.of(Files.readSymbolicLink(path));
            } catch (IOException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private void add(String... more) {
        words.addAll(List.of(more));
    }
}
