package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.driver.IsolationMode;
import io.sandgate.sandbox.linux.Poller;
import io.sandgate.sandbox.linux.SearchPath;
import io.sandgate.sandbox.outbound.OutboundRelay;
import io.sandgate.sandbox.runtime.Accounts;
import io.sandgate.sandbox.runtime.program.Agent;
import io.sandgate.sandbox.runtime.program.LogStream;
import io.sandgate.sandbox.runtime.program.ShellWord;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How far sandboxes are kept apart on this machine, and the start of their first processes. Thread-safe; calls block.
///
/// - *Full*, as root: bubblewrap with users of its own, a network of its own, limits by control groups.
/// - *Without a network*, as another user: bubblewrap with the one user, the machine's network, limits where the user may
///   set them.
/// - *None*: processes of the replica's user.
public final class Isolation {

    private static final Logger log = LoggerFactory.getLogger(Isolation.class);
    private static final Pattern CHILD = Pattern.compile("\"child-pid\":\\s*(\\d+)");
    private static final String NOT_ROOT = "the replica does not run as root";
    /// Where on the machine a sandbox' folder is seen by bubblewrap, and nothing else is then.
    static final Path SHOWN = Path.of("/mnt");
    private static final List<String> BWRAP = List.of("bwrap", "--args", Integer.toString(Bubblewrap.WORDS_DESCRIPTOR),
            "--", "/bin/sh", Bubblewrap.CONTROL + "/" + Agent.SCRIPT, Bubblewrap.CONTROL);

    private final boolean bubblewrap;
    private final boolean ownUsers;
    private final Optional<SandboxNetworks> networks;
    private final Optional<ControlGroups> groups;
    private final Disks disks;
    private final @Nullable Path filter;
    private final List<Path> shown;
    private final List<String> shortfalls;

    /// What the isolation is to be made from.
    ///
    /// @param mode how much of it must be there
    /// @param folder where its own files may lie
    /// @param name tells this replica from others on the machine; letters and digits
    /// @param gateway the machine's address towards its sandboxes
    /// @param shown further folders of the machine that sandboxes may read
    /// @param relay where the connections of sandboxes go that may reach the world by names
    public record Plan(IsolationMode mode, Path folder, String name, String gateway, List<Path> shown,
            OutboundRelay relay) {
        public Plan {
            shown = List.copyOf(shown);
        }
    }

    /// One sandbox to be started.
    ///
    /// @param place its place in its replica's block of addresses
    /// @param network what it is reached at, and what it reaches
    /// @param folder what it has on the machine: its disk, `etc`, `log` and `control`
    /// @param environment of bubblewrap itself, by which its processes are told from others
    public record Cell(String id, int place, SandboxNetworks.Living network, Path folder,
            Map<String, String> environment) {

        Path said() {
            return folder.resolve("launch.log");
        }

        Path control() {
            return folder.resolve("control");
        }
    }

    private Isolation(boolean bubblewrap, boolean ownUsers, Optional<SandboxNetworks> networks,
            Optional<ControlGroups> groups, Disks disks, @Nullable Path filter, List<Path> shown,
            List<String> shortfalls) {
        this.bubblewrap = bubblewrap;
        this.ownUsers = ownUsers;
        this.networks = networks;
        this.groups = groups;
        this.disks = disks;
        this.filter = filter;
        this.shown = shown;
        this.shortfalls = List.copyOf(shortfalls);
    }

    /// Finds out what this machine allows, and sets it up.
    ///
    /// @throws SandboxException when isolation is required and not all of it that this user can have is there, or a folder
    ///         cannot be shown; the message says what is missing
    public static Isolation open(Plan plan) {
        if (plan.mode() == IsolationMode.OFF) {
            return none("sandgate.sandbox.isolation is off");
        }
        boolean root = isRoot();
        List<Path> shown = ShownPaths.checked(plan.shown(), root);
        String missing = missing(plan);
        if (!missing.isEmpty()) {
            requireNot(plan, missing);
            return none(missing);
        }
        List<String> shortfalls = new ArrayList<>();
        Disks disks = disks(plan, root, shortfalls);
        Optional<ControlGroups> groups = groups(plan, root, shortfalls);
        return new Isolation(true, root, networks(plan, root, shortfalls), groups, disks,
                plan.folder().resolve("seccomp"), shown, shortfalls);
    }

    /// Goes on without something, unless all must be there.
    private static void requireNot(Plan plan, String missing) {
        if (plan.mode() == IsolationMode.REQUIRED) {
            throw new SandboxException(Reason.INVALID,
                    "sandgate.sandbox.isolation: required (expected: preferred or off, since " + missing + ")");
        }
    }

    /// Goes on without something that only root can have.
    private static void lack(Plan plan, boolean root, List<String> shortfalls, String missing) {
        if (root) {
            requireNot(plan, missing);
        }
        shortfalls.add(missing);
    }

    private static Isolation none(String reason) {
        return new Isolation(false, false, Optional.empty(), Optional.empty(), new DiskFolders(false), null, List.of(),
                List.of(reason));
    }

    private static Disks disks(Plan plan, boolean root, List<String> shortfalls) {
        String missing = NOT_ROOT;
        try {
            if (root) {
                return DiskImages.in(plan.folder().resolve("blank-disks"));
            }
        } catch (IOException e) {
            missing = String.valueOf(e.getMessage());
        }
        lack(plan, root, shortfalls, "no limit on what is written to the disk, since " + missing);
        return new DiskFolders(root);
    }

    private static Optional<ControlGroups> groups(Plan plan, boolean root, List<String> shortfalls) {
        Optional<ControlGroups> groups = ControlGroups.find(Path.of("/sys/fs/cgroup"), plan.name());
        if (groups.isEmpty()) {
            lack(plan, root, shortfalls,
                    "no limits on memory, cpu and processes, since control groups cannot be written to");
        }
        return groups;
    }

    private static Optional<SandboxNetworks> networks(Plan plan, boolean root, List<String> shortfalls) {
        String missing = root ? SandboxNetworks.missing() : NOT_ROOT;
        try {
            if (missing.isEmpty()) {
                return Optional.of(SandboxNetworks.open(plan.name(), plan.gateway(), NameServers.ofMachine(),
                        plan.relay()));
            }
        } catch (IOException e) {
            missing = String.valueOf(e.getMessage());
        }
        lack(plan, root, shortfalls, "the machine's network is shared, since " + missing);
        return Optional.empty();
    }

    /// Why bubblewrap cannot be used here; empty when it can.
    private static String missing(Plan plan) {
        String architecture = System.getProperty("os.arch", "");
        if (!Commands.has("bwrap")) {
            return "the program bwrap is missing: install bubblewrap";
        }
        if (!SeccompFilter.knows(architecture)) {
            return "there is no filter of system calls for the architecture " + architecture;
        }
        try {
            SeccompFilter.write(plan.folder().resolve("seccomp"), architecture);
            Commands.run("", "bwrap", "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--ro-bind",
                    "/", "/", "--proc", "/proc", "--dev", "/dev", "true");
            return "";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /// Whether sandboxes have namespaces and a root of their own.
    public boolean isolates() {
        return bubblewrap;
    }

    /// Whether sandboxes have users of their own.
    public boolean ownUsers() {
        return ownUsers;
    }

    /// What tells sandboxes that were made so from those that were made under other circumstances.
    public String kind() {
        return bubblewrap
                ? "bubblewrap" + (ownUsers ? "+users" : "") + (networks.isPresent() ? "+network" : "")
                        + (disks.bounded() ? "+disk" : "")
                : "none";
    }

    /// Removes what there is for all sandboxes together, when none is left.
    public void close() throws IOException {
        if (networks.isPresent()) {
            networks.get().close();
        }
        if (groups.isPresent()) {
            groups.get().close();
        }
    }

    /// Leaves what there is to the sandboxes that live on.
    public void letGo() throws IOException {
        if (networks.isPresent()) {
            networks.get().letGo();
        }
    }

    /// The networks of sandboxes, where they have their own.
    public Optional<SandboxNetworks> networks() {
        return networks;
    }

    /// The limits of sandboxes, where there can be any.
    public Optional<ControlGroups> groups() {
        return groups;
    }

    /// What sandboxes keep their files on.
    public Disks disks() {
        return disks;
    }

    /// What is less than it could be, and why, for people.
    public List<String> shortfalls() {
        return shortfalls;
    }

    /// The users of a sandbox.
    ///
    /// @param home where its home is, when it has no root of its own
    public Accounts accounts(int place, Path home) {
        if (ownUsers) {
            return UserRange.at(place);
        }
        int own = ownUser(home);
        return bubblewrap
                ? new OneUser("user", 1000, own, Bubblewrap.HOME)
                : new OneUser(System.getProperty("user.name", "user"), own, own, home.toString());
    }

    /// The machine's number of a sandbox' first user; negative for the replica's own.
    public int hostUid(int place) {
        return ownUsers ? UserRange.at(place).first() : -1;
    }

    /// Where a sandbox finds its home, by its own names.
    ///
    /// @param home on the machine
    public String homeWithin(Path home) {
        return bubblewrap ? Bubblewrap.HOME : home.toString();
    }

    /// Gives a sandbox what it has on the machine beside its disk: makes its system's files.
    public void furnish(Cell cell) throws IOException {
        if (!bubblewrap) {
            return;
        }
        SystemFiles.write(cell.folder().resolve("etc"), cell.id(), NameServers.ofMachine());
        if (ownUsers) {
            Files.setPosixFilePermissions(cell.folder(), PosixFilePermissions.fromString("rwx--x--x"));
        }
    }

    /// Makes the network of a sandbox, where it has its own, and starts its first process.
    ///
    /// @param poller waits for what it says
    /// @return the machine's number of the process whose end is that of the sandbox
    /// @throws IOException with what went wrong
    public int start(Cell cell, Poller poller) throws IOException {
        Path launch = cell.folder().resolve("launch");
        try (FirstWords words = FirstWords.in(cell.folder(), poller)) {
            Files.writeString(launch, script(cell, words));
            if (bubblewrap) {
                Files.writeString(cell.folder().resolve("words"),
                        String.join("\0", Bubblewrap.words(view(cell))) + "\0");
            }
            ProcessBuilder builder = new ProcessBuilder("setsid", "-f", "sh", launch.toString())
                    .redirectInput(new File("/dev/null")).redirectOutput(Redirect.appendTo(cell.said().toFile()))
                    .redirectError(Redirect.appendTo(cell.said().toFile()));
            builder.environment().clear();
            builder.environment().put("PATH", SearchPath.current().text());
            builder.environment().putAll(cell.environment());
            builder.start();
            int first = bubblewrap ? confine(cell, words) : -1;
            int own = Integer.parseInt(words.until("\n"));
            if (ownUsers) {
                DiskOwners.give(cell.folder(), Path.of("/proc", Integer.toString(first), "root"),
                        UserRange.at(cell.place()));
            }
            return bubblewrap ? first : own;
        } catch (IOException | NumberFormatException e) {
            throw new IOException(e.getMessage() + ": " + Files.readString(cell.said()).strip(), e);
        }
    }

    /// Reads who the first process is, and gives it its users.
    private int confine(Cell cell, FirstWords words) throws IOException {
        String text = words.until("}");
        words.until("\n");
        Matcher child = CHILD.matcher(text);
        if (!child.find()) {
            throw new IOException("bwrap did not say which process it started: " + text);
        }
        int pid = Integer.parseInt(child.group(1));
        if (ownUsers) {
            String map = UserRange.at(cell.place()).map();
            Files.writeString(Path.of("/proc", Integer.toString(pid), "uid_map"), map);
            Files.writeString(Path.of("/proc", Integer.toString(pid), "gid_map"), map);
            words.goOn();
        }
        return pid;
    }

    private String script(Cell cell, FirstWords words) throws IOException {
        StringBuilder script = new StringBuilder("exec >").append(ShellWord.of(words.said().toString()))
                .append("\nset -e\n");
        // what the template's command writes, which the agent passes on to it
        for (LogStream stream : LogStream.values()) {
            script.append("exec ").append(stream.descriptor()).append(">>")
                    .append(ShellWord.of(cell.folder().resolve("log").resolve(stream.file()).toString())).append('\n');
        }
        groups.ifPresent(limits -> limits.entrances(cell.id())
                .forEach(file -> script.append("echo $$ >").append(ShellWord.of(file.toString())).append('\n')));
        if (!bubblewrap) {
            return script.append("exec sh ").append(ShellWord.of(cell.control().resolve(Agent.SCRIPT).toString()))
                    .append(' ').append(ShellWord.of(cell.control().toString())).append('\n').toString();
        }
        script.append("exec ").append(Bubblewrap.INFO_DESCRIPTOR).append(">&1 ").append(Bubblewrap.BLOCK_DESCRIPTOR)
                .append('<').append(ShellWord.of(words.go().toString())).append(' ')
                .append(Bubblewrap.FILTER_DESCRIPTOR)
                .append('<')
                .append(ShellWord.of(String.valueOf(filter))).append(' ').append(Bubblewrap.WORDS_DESCRIPTOR)
                .append('<')
                .append(ShellWord.of(cell.folder().resolve("words").toString())).append('\n');
        if (networks.isPresent()) {
            script.append(networks.get().admitting(cell.network()));
        }
        if (ownUsers) {
            List<String> unshare = new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private"));
            networks.ifPresent(_ -> unshare.add("--net"));
            unshare.addAll(List.of("--", "sh", "-e", "-c", within(cell)));
            return script.append("exec ").append(ShellWord.all(unshare)).append('\n').toString();
        }
        return script.append("exec ").append(ShellWord.all(BWRAP)).append('\n').toString();
    }

    /// What is done in the sandbox' own namespaces of mounts and network, before it is another user.
    private String within(Cell cell) {
        // nobody but root may go down to the folder, so it is shown where anybody may
        StringBuilder script = new StringBuilder("mount --bind ").append(ShellWord.of(cell.folder().toString()))
                .append(' ').append(SHOWN).append('\n');
        List<String> mounting = disks.mounting(SHOWN);
        if (!mounting.isEmpty()) {
            // beside the network, which takes as long
            script.append(ShellWord.all(mounting)).append(" &\nmounting=$!\n");
        }
        networks.ifPresent(all -> script.append(all.joining(cell.network())));
        if (!mounting.isEmpty()) {
            script.append("wait $mounting\n");
        }
        String first = Integer.toString(UserRange.at(cell.place()).first());
        return script.append("exec ")
                .append(ShellWord.all(List.of("setpriv", "--reuid", first, "--regid", first, "--clear-groups", "--")))
                .append(' ').append(ShellWord.all(BWRAP)).append('\n').toString();
    }

    private Bubblewrap.View view(Cell cell) {
        Path folder = ownUsers ? SHOWN : cell.folder();
        return new Bubblewrap.View(cell.id(), folder.resolve(Disks.NAME), folder.resolve("control"),
                SystemFiles.of(folder.resolve("etc")), shown, ownUsers);
    }

    private static boolean isRoot() {
        return ownUser(Path.of("/proc/self")) == 0;
    }

    private static int ownUser(Path file) {
        try {
            return (int) Files.getAttribute(file, "unix:uid");
        } catch (IOException e) {
            log.debug("isolation.user-unknown file={} reason={}", file, e.toString());
            return -1;
        }
    }
}
